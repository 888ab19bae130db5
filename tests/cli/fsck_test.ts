import { deepEqual, equal, match } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { reachableFolder, startServer } from "../server.ts";
import { runCommand } from "./weir.ts";

Deno.test("weir fsck lists what the records and the store do not say alike, and repairs it", async () => {
  await using database = await createDatabase();
  await using folder = await reachableFolder();
  const server = await startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path });
  try {
    const { startRun, file } = clientOf(server.url);
    const run_id = await startRun();
    const path = `0/${run_id}/artifacts`;
    for (const name of ["a", "b"]) {
      await (await fetch(file(`${path}/${name}`), { method: "PUT", body: "12345" })).text();
    }
    deepEqual(await runCommand(["fsck"], server.url), {
      code: 0,
      output: "2 files, 10 B: 0 not recorded, 0 missing, 0 of another size, 0 without an owner.\n",
      errors: "",
    });
    await Deno.remove(`${folder.path}/artifacts/${path}/a`);
    await Deno.writeTextFile(`${folder.path}/artifacts/${path}/c`, "123");
    const found = [
      `mlflow-artifacts:/${path}/a: missing, recorded with 5 B`,
      `mlflow-artifacts:/${path}/c: not recorded, 3 B`,
      "2 files, 8 B: 1 not recorded, 1 missing, 0 of another size, 0 without an owner.",
    ];
    deepEqual(await runCommand(["fsck"], server.url), { code: 1, output: `${found.join("\n")}\n`, errors: "" });
    const repaired = await runCommand(["fsck", "--repair", "--tracking-uri", server.url]);
    equal(repaired.code, 0);
    match(repaired.output, /Repaired 2, removed 0 unfinished uploads\.\n$/);
    equal((await runCommand(["fsck"], server.url)).code, 0);
  } finally {
    await server.stop();
  }
});

Deno.test("the weir command says what it can do, and what is wrong in one sentence", async () => {
  const help = await runCommand(["--help"]);
  equal(help.code, 0);
  match(help.output, /Usage: weir .*fsck/s);
  const unknown = await runCommand(["fsck", "--no-such-option"]);
  equal(unknown.code, 2);
  match(unknown.errors, /unknown option '--no-such-option'/);
  const nowhere = await runCommand(["fsck", "--tracking-uri", "http://127.0.0.1:9"]);
  equal(nowhere.code, 1);
  match(nowhere.errors, /^weir: There is no answer from http:\/\/127\.0\.0\.1:9: .*\n$/);
  match((await runCommand(["fsck", "--tracking-uri", "sqlite:///x"])).errors, /^weir: sqlite:\/\/\/x is no address/);
});
