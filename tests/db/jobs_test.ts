import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { claimJobs, renewClaims } from "../../db/job_claims.ts";
import { endJob, logOfJob, noteProgress, runOfToken, sweepJobs } from "../../db/job_writes.ts";
import { cancelJob, getJob, listJobs, queuePositions, retryJob } from "../../db/jobs.ts";
import { limitLabel, listWorkers } from "../../db/workers.ts";
import { retryPause } from "../../domain/jobs.ts";
import { claim, hurryJobs, newWorker, submit } from "../jobs.ts";
import { startWeir, type Weir } from "../weir.ts";

const nothing = { params: [], tags: [] };
const runOf = async (weir: Weir, run_id: string) => (await weir.getRun(run_id)).info;
const lost = { code: "RESOURCE_CONFLICT" };

Deno.test("a job comes with a run that is scheduled, runs when it is begun, and ends with it", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { job_id, run_id, state } = await submit(sql);
  deepEqual([state, (await runOf(weir, run_id)).status], ["queued", "SCHEDULED"]);
  const [mine] = await claim(sql, await newWorker(sql));
  ok(mine);
  deepEqual([mine.job.job_id, mine.job.state, (await runOf(weir, run_id)).status], [job_id, "running", "SCHEDULED"]);
  deepEqual(await noteProgress(sql, mine, { params: [{ key: "p", value: "1" }], tags: [] }), {
    ...{ cancelling: false, stdout_size: 0, stderr_size: 0 },
  });
  equal((await runOf(weir, run_id)).status, "RUNNING");
  equal(await logOfJob(sql, mine, { stream: "stdout", offset: 0, bytes: new TextEncoder().encode("hello\n") }), 6);
  equal(await logOfJob(sql, mine, { stream: "stdout", offset: 0, bytes: new TextEncoder().encode("hello\n") }), 6);
  const ended = await endJob(sql, mine, { status: "FINISHED", exit_code: 0 }, 0);
  deepEqual([ended.state, ended.exit_code, ended.attempts], ["finished", 0, 1]);
  const run = await runOf(weir, run_id);
  equal(run.status, "FINISHED");
  ok(run.end_time! >= run.start_time);
  // Whose answer got lost says it again.
  equal((await endJob(sql, mine, { status: "FINISHED", exit_code: 0 }, 0)).state, "finished");
});

Deno.test("a job whose experiment is missing or deleted is not queued, and leaves no run", async () => {
  await using weir = await startWeir();
  const run = { run_id: "a".repeat(32), run_name: "r", tags: [] };
  const { sql } = weir.services;
  const asked = { ...await submit(sql), kind: "project", run, labels: [] } as const;
  const { submitJob } = await import("../../db/jobs.ts");
  await rejects(submitJob(sql, asked, "77"), { code: "RESOURCE_DOES_NOT_EXIST" });
  equal((await listJobs(sql, { max_results: 10 })).jobs.length, 1);
  equal((await sql`select from weir.runs`).length, 1);
});

Deno.test("however many claim at once, every job has one owner", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const workers = await Promise.all(Array.from({ length: 8 }, () => newWorker(sql)));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
      async (count, most) => {
        await sql`delete from weir.jobs`;
        const jobs = await Promise.all(
          Array.from({ length: count }, (_, i) => submit(sql, { submitted_by: `u${i % 3}` })),
        );
        const claimed = (await Promise.all(most.map((most, i) => claim(sql, workers[i % 8]!, { most })))).flat();
        const ids = claimed.map(({ job_id }) => job_id);
        equal(new Set(ids).size, ids.length);
        const asked = most.reduce((sum, one) => sum + one, 0);
        equal(ids.length, Math.min(count, asked));
        ok(ids.every((id) => jobs.some(({ job_id }) => job_id === id)));
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("who has the fewest running jobs goes first, then what is urgent, then what is old", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const names = new Map<string, string>();
  const add = async (name: string, submitted_by: string, priority = 0) =>
    void names.set((await submit(sql, { submitted_by, priority })).job_id, name);
  for (const name of ["a1", "a2", "a3", "a4"]) await add(name, "ada");
  await add("a5 urgent", "ada", 9);
  await add("b1", "bob");
  await add("b2 urgent", "bob", 1);
  await add("c1", "cy");
  const order = [];
  for (let i = 0; i < 8; i++) {
    order.push(names.get((await claim(sql, worker, { holding: [...names.keys()] }))[0]!.job_id));
  }
  deepEqual(order, ["a5 urgent", "b2 urgent", "c1", "a1", "b1", "a2", "a3", "a4"]);
});

Deno.test("a job with labels goes only to a worker that has all of them, and limits of labels hold", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const big = await submit(sql, { labels: ["gpu", "big"] });
  await submit(sql, { labels: ["gpu"] });
  await submit(sql, { labels: ["gpu"] });
  equal((await claim(sql, worker)).length, 0);
  await limitLabel(sql, "gpu", 1);
  const first = await claim(sql, worker, { labels: ["gpu"], most: 5 });
  equal(first.length, 1);
  const more = { labels: ["gpu", "big", "x"], most: 5, holding: first.map(({ job_id }) => job_id) };
  equal((await claim(sql, worker, more)).length, 0);
  await limitLabel(sql, "gpu", 2);
  deepEqual((await claim(sql, worker, more)).map(({ job_id }) => job_id), [big.job_id]);
  await limitLabel(sql, "gpu", null);
  equal((await claim(sql, worker, { ...more, holding: [...more.holding, big.job_id] })).length, 1);
});

Deno.test("a claim whose answer got lost is answered again, with another fence and token", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker_id = await newWorker(sql);
  await submit(sql);
  const [lostOne] = await claim(sql, worker_id);
  equal((await claim(sql, await newWorker(sql))).length, 0);
  const [again] = await claim(sql, worker_id);
  deepEqual([again?.job_id, again?.fence], [lostOne?.job_id, 2]);
  equal((await claim(sql, worker_id, { holding: [again!.job_id] })).length, 0);
  await rejects(noteProgress(sql, lostOne!, nothing), lost);
  await noteProgress(sql, again!, nothing);
});

Deno.test("what a worker no longer owns it cannot write, however it tries", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const [one, other] = [await newWorker(sql), await newWorker(sql)];
  const { run_id } = await submit(sql, { max_attempts: 2 });
  const [old] = await claim(sql, one);
  await noteProgress(sql, old!, nothing);
  await hurryJobs(sql);
  equal((await sweepJobs(sql, 0)).length, 1);
  equal((await runOf(weir, run_id)).status, "SCHEDULED");
  await hurryJobs(sql);
  const [young] = await claim(sql, other);
  await noteProgress(sql, young!, nothing);
  const bytes = new Uint8Array([10]);
  await rejects(noteProgress(sql, old!, { params: [], tags: [{ key: "a", value: "b" }] }), lost);
  await rejects(logOfJob(sql, old!, { stream: "stdout", offset: 0, bytes }), lost);
  await rejects(endJob(sql, old!, { status: "FINISHED" }, 0), lost);
  await rejects(noteProgress(sql, { ...young!, worker_id: one }, nothing), lost);
  await rejects(noteProgress(sql, { ...young!, job_id: "none" }, nothing), { code: "RESOURCE_DOES_NOT_EXIST" });
  deepEqual(await renewClaims(sql, one, [old!]), { cancel: [], lost: [old!.job_id] });
  deepEqual(await renewClaims(sql, other, [young!]), { cancel: [], lost: [] });
  equal((await runOf(weir, run_id)).status, "RUNNING");
});

Deno.test("a job of a dead worker has failed with its run, unless it was not begun or may be tried again", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const [once, twice, unbegun, cancelled] = [
    await submit(sql),
    await submit(sql, { max_attempts: 2 }),
    await submit(sql),
    await submit(sql),
  ];
  const claims = await claim(sql, worker, { most: 4 });
  for (const one of claims) if (one.job_id !== unbegun.job_id) await noteProgress(sql, one, nothing);
  await cancelJob(sql, cancelled.job_id);
  equal((await sweepJobs(sql, 0)).length, 0);
  await hurryJobs(sql);
  equal((await sweepJobs(sql, 0)).length, 4);
  const jobs = await Promise.all([once, twice, unbegun, cancelled].map(({ job_id }) => getJob(sql, job_id)));
  deepEqual(jobs.map(({ state }) => state), ["failed", "queued", "queued", "killed"]);
  match(jobs[0]!.reason!, /^lost worker w: /);
  const runs = await Promise.all(jobs.map(({ run_id }) => runOf(weir, run_id)));
  deepEqual(runs.map(({ status }) => status), ["FAILED", "SCHEDULED", "SCHEDULED", "KILLED"]);
  // Only the one that was begun waits before it is tried again.
  equal((await claim(sql, worker, { most: 9 })).map(({ job_id }) => job_id).join(), unbegun.job_id);
});

Deno.test("a job that fails is tried again as often as was asked for, later and later, and then is a dead letter", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const { job_id, run_id } = await submit(sql, { max_attempts: 3 });
  for (const attempt of [1, 2, 3]) {
    await sql`update weir.jobs set next_attempt = 0`;
    const [mine] = await claim(sql, worker);
    await noteProgress(sql, mine!, nothing);
    const job = await endJob(sql, mine!, { status: "FAILED", exit_code: 3, reason: "no luck" }, 0);
    deepEqual([job.attempts, job.state, job.reason], [attempt, attempt < 3 ? "queued" : "failed", "no luck"]);
    if (attempt < 3) ok(job.next_attempt! >= Date.now() + retryPause(attempt, 0) - 2000);
  }
  deepEqual((await listJobs(sql, { state: "failed", max_results: 9 })).jobs.map((job) => job.job_id), [job_id]);
  equal((await runOf(weir, run_id)).status, "FAILED");
  const again = await retryJob(sql, job_id);
  deepEqual([again.state, again.attempts, again.reason], ["queued", 0, undefined]);
  deepEqual([(await runOf(weir, run_id)).status, (await runOf(weir, run_id)).end_time], ["SCHEDULED", undefined]);
  await rejects(retryJob(sql, job_id), {
    message: `Only a job that failed or was killed can be tried again. Job '${job_id}' is queued.`,
  });
});

Deno.test("a cancelled job ends at once while it waits, and is told to its worker when it runs", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const [waiting, running] = [await submit(sql), await submit(sql, { priority: 1, max_attempts: 5 })];
  const [mine] = await claim(sql, worker);
  equal((await noteProgress(sql, mine!, nothing)).cancelling, false);
  deepEqual([(await cancelJob(sql, waiting.job_id)).state, (await runOf(weir, waiting.run_id)).status], [
    "killed",
    "KILLED",
  ]);
  deepEqual([(await cancelJob(sql, running.job_id)).state, (await getJob(sql, running.job_id)).cancelling], [
    "running",
    true,
  ]);
  deepEqual(await renewClaims(sql, worker, [mine!]), { cancel: [running.job_id], lost: [] });
  equal((await noteProgress(sql, mine!, nothing)).cancelling, true);
  // A failure after that is no reason to try again.
  equal((await endJob(sql, mine!, { status: "FAILED" }, 0)).state, "failed");
  equal((await cancelJob(sql, running.job_id)).state, "failed");
  equal((await claim(sql, worker, { most: 9 })).length, 0);
});

Deno.test("what a worker that leaves has not ended is lost at once, and what it has not begun waits for others", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const [one, other] = [await newWorker(sql), await newWorker(sql)];
  for (let i = 0; i < 3; i++) await submit(sql);
  const [begun] = await claim(sql, one, { most: 2 });
  const [stays] = await claim(sql, other);
  await noteProgress(sql, begun!, nothing);
  equal((await sweepJobs(sql, 0, one)).length, 2);
  const { state, reason } = await getJob(sql, begun!.job_id);
  deepEqual([state, reason], ["failed", "The worker w was stopped."]);
  equal((await getJob(sql, stays!.job_id)).state, "running");
  equal((await claim(sql, other, { holding: [stays!.job_id] })).length, 1);
  deepEqual((await listWorkers(sql, 9)).map(({ running }) => running).sort(), [0, 2]);
});

Deno.test("a job's token is good while the job runs and its lease has not run out, and no longer", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker_id = await newWorker(sql);
  const { run_id } = await submit(sql);
  const hash = crypto.getRandomValues(new Uint8Array(32));
  const claimIt = () => claimJobs(sql, { worker_id, labels: [], most: 1, holding: [], token: () => hash });
  const [{ fence, job }] = await claimIt() as [Awaited<ReturnType<typeof claimIt>>[number]];
  deepEqual(await runOfToken(sql, hash), { run_id, experiment_id: "0" });
  equal(await runOfToken(sql, new Uint8Array(32)), undefined);
  await sql`update weir.jobs set leased_until = leased_until - 61000`;
  equal(await runOfToken(sql, hash), undefined);
  await renewClaims(sql, worker_id, [{ job_id: job.job_id, fence }]);
  ok(await runOfToken(sql, hash));
  await endJob(sql, { job_id: job.job_id, worker_id, fence }, { status: "FINISHED" }, 0);
  equal(await runOfToken(sql, hash), undefined);
});

Deno.test("jobs of deleted runs wait, or are ended; those of purged runs are gone", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker = await newWorker(sql);
  const { run_id, job_id } = await submit(sql);
  await weir.ok("POST", "runs/delete", { run_id });
  equal((await claim(sql, worker)).length, 0);
  await weir.ok("POST", "runs/restore", { run_id });
  const [mine] = await claim(sql, worker);
  await weir.ok("POST", "runs/delete", { run_id });
  deepEqual((await renewClaims(sql, worker, [mine!])).cancel, [job_id]);
  await sql`delete from weir.runs where run_id = ${run_id}`;
  await rejects(getJob(sql, job_id), { code: "RESOURCE_DOES_NOT_EXIST" });
});

Deno.test("the turns that are told are those in which workers get the jobs", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const submitter = fc.constantFrom("ann", "bob", "cy");
  const asked = fc.array(fc.record({ submitted_by: submitter, priority: fc.integer({ min: -1, max: 1 }) }), {
    ...{ minLength: 1, maxLength: 12 },
  });
  await fc.assert(
    fc.asyncProperty(asked, fc.nat(3), async (fields, running) => {
      await sql`delete from weir.jobs`;
      for (const one of fields) await submit(sql, one);
      const worker = await newWorker(sql);
      const begun = await claim(sql, worker, { most: Math.min(running, fields.length) });
      const { jobs } = await listJobs(sql, { state: "queued", max_results: 100 });
      const told = await queuePositions(sql, jobs.map(({ job_id }) => job_id));
      const got = await claim(sql, worker, { most: 100, holding: begun.map(({ job_id }) => job_id) });
      deepEqual(got.map(({ job_id }) => told.get(job_id)), got.map((_, at) => at + 1));
    }),
    { numRuns: 20 },
  );
});
