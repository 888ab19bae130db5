import { deepEqual, equal, match } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { type Server, startServer } from "../server.ts";
import { runCommand } from "./weir.ts";

async function withServer(run: (server: Server) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url });
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

Deno.test("weir gc removes what is in the bin, with its files, and frees the name of an experiment", () =>
  withServer(async (server) => {
    const { ok, file } = clientOf(server.url);
    const { experiment_id } = await ok("POST", "experiments/create", { name: "old" });
    const { run } = await ok("POST", "runs/create", { experiment_id });
    const path = file(`${experiment_id}/${run.info.run_id}/artifacts/a`);
    await (await fetch(path, { method: "PUT", body: "12345" })).text();
    await ok("POST", "experiments/delete", { experiment_id });
    deepEqual(await runCommand(["gc", "--dry-run"], server.url), {
      code: 0,
      output: "Would remove 1 experiment, 1 run, 0 logged models, 1 file of 5 B, and keep 0.\n",
      errors: "",
    });
    equal(
      (await runCommand(["gc", "--older-than", "1d"], server.url)).output,
      "Removed 0 things with 0 files of 0 B, kept 0.\n",
    );
    const { code, output } = await runCommand(["gc"], server.url);
    deepEqual([code, output], [0, "Removed 2 things with 1 file of 5 B, kept 0.\n"]);
    const gone = await fetch(path);
    equal(gone.status, 404, await gone.text());
    await ok("POST", "experiments/create", { name: "old" });
  }));

Deno.test("weir gc takes runs by their ids, keeps what a version needs, and refuses what is not in the bin", () =>
  withServer(async (server) => {
    const { ok, startRun } = clientOf(server.url);
    const [kept, gone, active] = [await startRun(), await startRun(), await startRun()];
    const { run } = await ok("GET", `runs/get?run_id=${kept}`);
    await ok("POST", "registered-models/create", { name: "m" });
    await ok("POST", "model-versions/create", { name: "m", source: `${run.info.artifact_uri}/model`, run_id: kept });
    for (const run_id of [kept, gone]) await ok("POST", "runs/delete", { run_id });
    const refused = await runCommand(["gc", "--run-ids", `${gone},${active}`], server.url);
    equal(refused.code, 1);
    match(refused.errors, new RegExp(`^weir: .*${active}.*\n$`));
    const { code, output } = await runCommand(["gc", "--run-ids", `${gone}, ${kept}`], server.url);
    equal(code, 0);
    match(
      output,
      new RegExp(
        `^run .* \\(${kept}\\) kept: .*version 1.* m .*\nRemoved 1 thing with 0 files of 0 B, kept 1\\.\n$`,
        "i",
      ),
    );
    match((await runCommand(["gc", "--force"], server.url)).output, /^Removed 1 thing .* kept 0\.\n$/);
  }));
