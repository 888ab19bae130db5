import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { weirClient } from "../../client/weir.ts";
import { serveWeir } from "../browser.ts";
import { runCommand } from "../cli/weir.ts";
import { needs } from "../tools.ts";
import { clientPython, pythonIsMissing, systemPython } from "./python.ts";

const python = await systemPython();
const example = fileURLToPath(new URL("../../examples/project", import.meta.url));

async function lastRun(url: string) {
  const { runs } = await weirClient(url)("POST runs/search", { experiment_ids: ["0"], max_results: 1 });
  const [{ info, data } = { info: undefined, data: undefined }] = runs ?? [];
  const pairs = (list: readonly { key: string; value: string }[] = []) =>
    Object.fromEntries(list.map(({ key, value }) => [key, value]));
  const loss = data?.metrics?.find(({ key }) => key === "loss");
  return { status: info?.status, params: pairs(data?.params), tags: pairs(data?.tags), loss };
}

Deno.test(
  "the guide's project runs by weir run . -P alpha=0.5, in the environment that it asks for",
  needs(python?.path, pythonIsMissing),
  async () => {
    await using weir = await serveWeir();
    const cache = await Deno.makeTempDir();
    try {
      const { code, output, errors } = await runCommand(
        ["run", example, "-P", "alpha=0.5", "--env-manager", "virtualenv"],
        weir.url,
        { WEIR_CACHE_DIR: cache },
      );
      assert.equal(code, 0, errors);
      assert.match(output, /^x = 0 after 10 epochs$/m);
      const { status, params, loss, tags } = await lastRun(weir.url);
      assert.deepEqual([status, params, loss?.step], ["FINISHED", { alpha: "0.5", epochs: "10" }, 9]);
      assert.equal(tags["mlflow.project.env"], "virtualenv");
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
);

const project = `
name: both
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.4}
      epochs: {type: int, default: 10}
      word: {default: yes}
    command: "python train.py --alpha {alpha} --epochs {epochs}"
`;

Deno.test(
  "mlflow run and weir run of one project write the same run",
  needs(python?.path, pythonIsMissing),
  async () => {
    await using weir = await serveWeir();
    assert.ok(python);
    const client = await clientPython(python);
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/MLproject`, project);
      const script = (await Deno.readTextFile(`${example}/train.py`)).replace("parse_args()", "parse_known_args()[0]");
      await Deno.writeTextFile(`${folder}/train.py`, script);
      const args = ["run", folder, "-P", "alpha=0.5", "-P", "extra=1", "--env-manager", "local", "--run-name", "same"];
      const env = { PATH: `${dirname(client)}:${Deno.env.get("PATH")}`, MLFLOW_TRACKING_URI: weir.url };
      const theirs = await new Deno.Command(`${dirname(client)}/mlflow`, { args, env }).output();
      assert.equal(theirs.code, 0, new TextDecoder().decode(theirs.stderr));
      const expected = await lastRun(weir.url);
      const ours = await runCommand(args, weir.url, env);
      assert.equal(ours.code, 0, ours.errors);
      const found = await lastRun(weir.url);
      assert.deepEqual(
        { ...found, loss: found.loss?.value },
        { ...expected, loss: expected.loss?.value },
      );
      assert.equal(found.status, "FINISHED");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
