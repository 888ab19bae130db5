import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { until } from "../postgres.ts";
import { needsProc } from "../processes.ts";
import { inState, makeProject, submitTo } from "../workers.ts";
import { reachableFolder, startServer } from "../server.ts";

const example = fileURLToPath(new URL("../../examples/project", import.meta.url));

Deno.test("the server's own worker reads projects, also while it is at a job", needsProc, async () => {
  await using folder = await reachableFolder();
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path });
  const client = clientOf(server.url);
  const read = async (uri: string) => {
    const { look } = await client.ok("POST", "/api/weir/1/project-looks", { uri });
    const get = async () => (await client.ok("GET", `/api/weir/1/project-looks/${look.look_id}`)).look;
    await until(async () => {
      const { found, reason } = await get();
      return (found ?? reason) !== undefined;
    });
    return await get();
  };
  try {
    // The first look starts the worker.
    const { found } = await read(example);
    deepEqual([found.name, found.environment, found.scripts], ["My Project", "conda_env", ["train.py"]]);
    deepEqual(found.entry_points[0].parameters, [
      { key: "alpha", type: "float", default: "0.4" },
      { key: "epochs", type: "string", default: "10" },
    ]);
    const long = await makeProject(folder.path, { main: "sleep 1000" });
    const job = await submitTo(client, { uri: long, env_manager: "local" });
    await inState(client, job.job_id, "running");
    deepEqual((await read(long)).found.entry_points[0].command, "sleep 1000");
    match((await read("/nowhere/at/all")).reason, /There is no folder \/nowhere\/at\/all/);
    match((await read("ext::sh -c touch% /tmp/x")).reason, /folder|cannot be fetched/);
    equal((await client.ok("GET", `/api/weir/1/jobs/${job.job_id}`)).job.state, "running");
  } finally {
    await server.stop();
  }
});
