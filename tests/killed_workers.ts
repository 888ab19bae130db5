import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openDatabase } from "../db/sql.ts";
import type { Job } from "../domain/jobs.ts";
import { clientOf } from "./client.ts";
import { createDatabase } from "./database.ts";
import { until } from "./postgres.ts";
import { reachableFolder, startServer } from "./server.ts";
import { makeProject, printed, startWorker, submitTo, workerToken } from "./workers.ts";

/**
 * Workers execute short jobs while one after the other is killed with -9 and started again: every job is begun once and never twice, what a
 * killed worker had begun is a dead letter, and after "retry" everything has been done.
 */
export async function killWorkersAtRandom({ workers, jobs, kills }: Record<"workers" | "jobs" | "kills", number>) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await reachableFolder());
  const database = stack.use(await createDatabase());
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  stack.defer(() => sql.end());
  const env = { DATABASE_URL: database.url, WEIR_WORKERS: "0", WEIR_WORKER_TOKEN: workerToken };
  const server = await startServer(env);
  stack.defer(async () => void await server.stop());
  const client = clientOf(server.url);
  const uri = await makeProject(folder.path, {
    main:
      `sh -c 'echo "begun $MLFLOW_RUN_ID" >> ../told; echo hello; sleep 0.2; echo "over $MLFLOW_RUN_ID" >> ../told'`,
  });
  const start = (number: number) =>
    startWorker(server.url, {
      dataDir: `${folder.path}/worker-${number}`,
      args: ["--name", `w${number}`, "--slots", "2"],
    });
  const running = await Promise.all(Array.from({ length: workers }, (_, i) => start(i)));
  stack.defer(async () => void await Promise.all(running.map((worker) => worker.end("SIGKILL"))));
  const submitted: Job[] = [];
  for (let i = 0; i < jobs; i++) submitted.push(await submitTo(client, { uri, submitted_by: `u${i % 3}` }));

  const dead: number[] = [];
  const open = async () => {
    // As if a minute had passed. The server may have been about to hand them one more job.
    await sql`
      update weir.jobs set leased_until = 0
      where state = 'running' and owner in (select worker_id from weir.workers where pid = any(${dead}::bigint[]))`;
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from weir.jobs where state in ('queued', 'running')`;
    return row!.count;
  };
  for (let kill = 0; kill < kills && await open() > 0; kill++) {
    await new Promise((done) => setTimeout(done, 300 + Math.random() * 700));
    const which = Math.floor(Math.random() * workers);
    const { pid } = running[which]!;
    await running[which]!.end("SIGKILL");
    dead.push(pid);
    running[which] = await start(which);
  }
  await until(async () => await open() === 0);

  const told = async () => {
    const counts = new Map<string, number>();
    const text = await Deno.readTextFile(`${folder.path}/told`);
    for (const line of text.trim().split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const states = await sql<
    { run_id: string; job_id: string; state: string; status: string; reason: string | null; attempts: number }[]
  >`
    select r.run_id, j.job_id, j.state, r.status, j.reason, j.attempts from weir.jobs j join weir.runs r using (run)`;
  equal(states.length, jobs);
  const counts = await told();
  for (const { run_id, state, status, reason, attempts } of states) {
    equal(attempts, 1, "every job was begun, once");
    ok((counts.get(`begun ${run_id}`) ?? 0) <= 1, `run ${run_id} was begun twice`);
    if (state === "finished") {
      deepEqual([status, counts.get(`over ${run_id}`)], ["FINISHED", 1]);
      equal((await printed(client, run_id)).filter((line) => line === "hello").length, 1);
    } else {
      deepEqual([state, status], ["failed", "FAILED"]);
      match(reason!, /^lost worker w\d+: /);
    }
  }
  const failed = states.filter(({ state }) => state === "failed");
  ok(failed.length <= 2 * kills);
  for (const { job_id } of failed) await client.ok("POST", `/api/weir/1/jobs/${job_id}/retry`, {});
  await until(async () => await open() === 0);
  const rest = await sql`select from weir.jobs where state <> 'finished'`;
  equal(rest.length, 0);
}
