import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../cli/weir.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { needsProc } from "../processes.ts";
import { reachableFolder, startServer } from "../server.ts";
import { inState, makeProject, printed, startWorker, submitTo, workerToken } from "../workers.ts";

Deno.test("a folder of this machine is run by a worker that does not have it", needsProc, async () => {
  await using folder = await reachableFolder();
  await using database = await createDatabase();
  const server = await startServer({
    ...{ DATABASE_URL: database.url, WEIR_WORKERS: "0", WEIR_WORKER_TOKEN: workerToken },
  });
  const client = clientOf(server.url);
  try {
    const project = await makeProject(folder.path, { main: "cat data/words.txt" });
    await Deno.mkdir(join(project, "data"));
    await Deno.writeTextFile(join(project, "data", "words.txt"), "from afar\n");
    await using _ = await startWorker(server.url, { dataDir: join(folder.path, "w") });
    const run = () => runCommand(["run", project, "--queue", "--env-manager", "local"], server.url);
    const { code, output, errors } = await run();
    equal(code, 0, errors);
    match(output, /from afar/);
    match(errors, /Uploaded .*project, \d+ bytes/);
    const { jobs: [job] } = await client.ok("GET", "/api/weir/1/jobs");
    match(job.spec.uri, /^mlflow-artifacts:\/projects\/[0-9a-f]{64}\/project\.zip$/);
    const tags = (await client.ok("GET", `runs/get?run_id=${job.run_id}`)).run.data.tags;
    equal(tags.find(({ key }: { key: string }) => key === "mlflow.source.name").value, "project");

    // What lies there is not what its name says: nothing of it is run.
    const path = job.spec.uri.replace("mlflow-artifacts:/", "/api/2.0/mlflow-artifacts/artifacts/");
    await fetch(server.url + path, { method: "PUT", body: "another" });
    const { job_id } = await submitTo(client, { uri: job.spec.uri, env_manager: "local" });
    const failed = await inState(client, job_id, "failed");
    match(failed.reason ?? "", /is not what was uploaded/);
    deepEqual((await printed(client, failed.run_id)).filter((line) => line.includes("afar")), []);

    const onWorker = await runCommand(["run", project, "--queue", "--on-worker", "--env-manager", "local"], server.url);
    equal(onWorker.code, 0, onWorker.errors);
    equal((await client.ok("GET", "/api/weir/1/jobs")).jobs[0].spec.uri, project);
    match(
      (await runCommand(["run", "/none/at/all", "--queue"], server.url)).errors,
      /There is no folder \/none\/at\/all here/,
    );
  } finally {
    await server.stop();
  }
});
