import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { openDatabase } from "../../db/sql.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { hurryJobs } from "../jobs.ts";
import { until } from "../postgres.ts";
import { needsProc, processesOf } from "../processes.ts";
import { lives, reachableFolder, startServer } from "../server.ts";
import { inState, jobOn, makeProject, printed, startWorker, submitTo, workerToken } from "../workers.ts";

/** A server without workers of its own, and a folder for those that are started by hand. */
async function startAlone() {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await reachableFolder());
  const database = starting.use(await createDatabase());
  const server = await startServer({
    ...{ DATABASE_URL: database.url, WEIR_WORKERS: "0", WEIR_WORKER_TOKEN: workerToken },
  });
  starting.defer(async () => void await server.stop());
  const running = starting.move();
  const client = clientOf(server.url);
  return {
    ...{ server, client, folder: folder.path, database },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const endless = { main: "sh -c 'echo pid $$; (sleep 1000; echo never) & echo child $!; wait'" };

/** The numbers of the processes of a run of that project, once they are there. */
async function processesIn(client: ReturnType<typeof clientOf>, run_id: string): Promise<number[]> {
  await until(async () => (await printed(client, run_id)).some((line) => line.startsWith("child ")));
  return (await printed(client, run_id)).flatMap((line) => /^(?:pid|child) (\d+)$/.exec(line)?.[1] ?? []).map(Number);
}

Deno.test("a server starts its worker with the first job, and ends it when it ends", needsProc, async () => {
  await using folder = await reachableFolder();
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path });
  const client = clientOf(server.url);
  const workers = async () => (await processesOf(folder.path)).filter((command) => command.includes(" worker "));
  equal((await workers()).length, 0);
  const { mode } = await Deno.stat(`${folder.path}/worker.token`);
  equal(mode! & 0o777, 0o600);
  const uri = await makeProject(folder.path, { main: "echo hello" });
  const { job_id, run_id } = await submitTo(client, { uri });
  const { exit_code, attempts, started_time, ended_time } = await inState(client, job_id, "finished");
  deepEqual([exit_code, attempts, started_time! <= ended_time!], [0, 1, true]);
  ok((await printed(client, run_id)).includes("hello"));
  equal((await client.ok("GET", `runs/get?run_id=${run_id}`)).run.info.status, "FINISHED");
  equal((await workers()).length, 1);
  equal(await server.stop(), 0);
  equal((await workers()).length, 0);
});

Deno.test("a worker takes what it has labels for, with an environment that holds no secrets and a folder of its own", async () => {
  await using weir = await startAlone();
  const { client, folder } = weir;
  const uri = await makeProject(folder, { main: "sh -c 'env; pwd; stat -c %a .; exit 7'" });
  await using worker = await startWorker(weir.server.url, {
    ...{ dataDir: `${folder}/worker`, args: ["--label", "gpu", "--label", "big", "--slots", "3", "--name", "ada"] },
  });
  const other = await submitTo(client, { uri, labels: ["tpu"] });
  const { job_id, run_id } = await submitTo(client, { uri, labels: ["gpu"] });
  const job = await inState(client, job_id, "failed");
  equal(job.exit_code, 7);
  const lines = await printed(client, run_id);
  ok(lines.includes(`MLFLOW_RUN_ID=${run_id}`) && lines.includes(`MLFLOW_TRACKING_URI=${weir.server.url}`));
  ok(lines.some((line) => /^MLFLOW_TRACKING_TOKEN=weir-job-[0-9a-f]{64}$/.test(line)));
  deepEqual(lines.filter((line) => line.startsWith("WEIR_") || line.includes("SECRET")), []);
  equal((await jobOn(client, other.job_id)).state, "queued");
  deepEqual(await Array.fromAsync(Deno.readDir(`${folder}/worker/workers/1/jobs`)), []);
  const { workers } = await client.ok("GET", "/api/weir/1/workers");
  deepEqual([workers[0].name, workers[0].labels, workers[0].slots, workers[0].pid], [
    "ada",
    ["gpu", "big"],
    3,
    worker.pid,
  ]);
  equal(await worker.end("SIGTERM"), 0);
  ok((await client.ok("GET", "/api/weir/1/workers")).workers[0].left_time > 0);
});

Deno.test("a worker with another token is sent away", async () => {
  await using weir = await startAlone();
  await using worker = await startWorker(weir.server.url, { dataDir: `${weir.folder}/worker`, token: "b".repeat(40) });
  equal(await worker.end("SIGCONT"), 1);
  match(worker.output(), /refused: Only workers may do this/);
});

Deno.test("a job does not go to a worker that was killed while it waited for one", async () => {
  await using weir = await startAlone();
  const { client, folder } = weir;
  const uri = await makeProject(folder, { main: "true" });
  await using killed = await startWorker(weir.server.url, { dataDir: `${folder}/one` });
  await killed.end("SIGKILL");
  await new Promise((done) => setTimeout(done, 200));
  const { job_id } = await submitTo(client, { uri });
  await using _ = await startWorker(weir.server.url, { dataDir: `${folder}/other` });
  const { worker_id } = await inState(client, job_id, "finished");
  const { workers } = await client.ok("GET", "/api/weir/1/workers");
  notEqual(workers.find((one: { pid: number }) => one.pid === killed.pid).worker_id, worker_id);
});

Deno.test("cancelling and running out of time end a job's programs with all that they started", async () => {
  await using weir = await startAlone();
  const { client, folder } = weir;
  const uri = await makeProject(folder, endless);
  await using _ = await startWorker(weir.server.url, { dataDir: `${folder}/worker`, args: ["--slots", "2"] });
  const [cancelled, slow] = [await submitTo(client, { uri }), await submitTo(client, { uri, timeout_ms: 3000 })];
  const pids = [...await processesIn(client, cancelled.run_id), ...await processesIn(client, slow.run_id)];
  equal(pids.length, 4);
  await client.ok("POST", `/api/weir/1/jobs/${cancelled.job_id}/cancel`, {});
  const killed = await inState(client, cancelled.job_id, "killed");
  const failed = await inState(client, slow.job_id, "failed");
  deepEqual([killed.reason, failed.reason], ["It was cancelled.", "It was ended after 3000 ms, the time that it had."]);
  await until(() => !pids.some(lives));
  equal((await client.ok("GET", `runs/get?run_id=${cancelled.run_id}`)).run.info.status, "KILLED");
});

Deno.test("a worker that is told to end lets short jobs end, and ends the long ones, which can be tried again", async () => {
  await using weir = await startAlone();
  const { client, folder } = weir;
  const uri = await makeProject(folder, { ...endless, short: "sleep 2" });
  await using worker = await startWorker(weir.server.url, { dataDir: `${folder}/worker`, args: ["--slots", "2"] });
  const [long, short] = [await submitTo(client, { uri }), await submitTo(client, { uri, entry_point: "short" })];
  const pids = await processesIn(client, long.run_id);
  await until(async () => (await jobOn(client, short.job_id)).started_time !== undefined);
  equal(await worker.end("SIGTERM"), 0);
  equal((await jobOn(client, short.job_id)).state, "finished");
  const { state, reason } = await jobOn(client, long.job_id);
  deepEqual([state, reason], ["failed", "The worker was stopped."]);
  await until(() => !pids.some(lives));
  const again = (await client.ok("POST", `/api/weir/1/jobs/${long.job_id}/retry`, {})).job;
  deepEqual([again.state, again.run_id], ["queued", long.run_id]);
});

Deno.test("what a worker leaves that is killed, the next one ends, and its job is found and tried again", async () => {
  await using weir = await startAlone();
  const { client, folder } = weir;
  const uri = await makeProject(folder, endless);
  await using killed = await startWorker(weir.server.url, { dataDir: `${folder}/worker` });
  const job = await submitTo(client, { uri, max_attempts: 2 });
  const pids = await processesIn(client, job.run_id);
  await killed.end("SIGKILL");
  ok(pids.every(lives));
  await using next = await startWorker(weir.server.url, { dataDir: `${folder}/worker` });
  ok(!pids.some(lives));
  match(next.output(), /Ended 1 process groups that a worker before had left/);
  const sql = openDatabase(weir.database.url, { pool: 1, prepare: true });
  await hurryJobs(sql);
  await inState(client, job.job_id, "queued");
  match((await jobOn(client, job.job_id)).reason!, /^lost worker /);
  await hurryJobs(sql);
  await sql.end();
  equal((await inState(client, job.job_id, "running")).worker_id !== job.worker_id, true);
  await until(async () => (await jobOn(client, job.job_id)).attempts === 2);
  await client.ok("POST", `/api/weir/1/jobs/${job.job_id}/cancel`, {});
  await inState(client, job.job_id, "killed");
});

Deno.test("jobs go on while their server is killed and started again", async () => {
  await using folder = await reachableFolder();
  await using database = await createDatabase();
  const uri = await makeProject(folder.path, {
    main: "sh -c 'echo begun; while [ ! -e done ]; do sleep 0.1; done; echo over'",
  });
  const env = { DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path };
  const first = await startServer(env);
  const port = new URL(first.url).port;
  const client = clientOf(first.url);
  const job = await submitTo(client, { uri });
  await until(async () => (await printed(client, job.run_id)).includes("begun"));
  // It ends for who listens to it once its worker does, which has its standard error.
  const killed = first.kill9();
  await until(() => !lives(first.pid));
  const second = await startServer({ ...env, PORT: port });
  await Deno.writeTextFile(`${uri}/done`, "");
  await killed;
  try {
    equal((await inState(client, job.job_id, "finished")).attempts, 1);
    deepEqual((await printed(client, job.run_id)).filter((line) => /^(begun|over)$/.test(line)), ["begun", "over"]);
    // The worker of the server that is gone takes no more: another one does.
    const next = await submitTo(client, { uri });
    ok((await inState(client, next.job_id, "finished")).worker_id !== (await jobOn(client, job.job_id)).worker_id);
  } finally {
    await second.stop();
  }
});
