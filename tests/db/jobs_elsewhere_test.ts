import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { endJob, noteProgress, runOfToken, sweepJobs } from "../../db/job_writes.ts";
import { cancelJob, getJob, isJobDue } from "../../db/jobs.ts";
import { claim, hurryJobs, newWorker, submit } from "../jobs.ts";
import { startWeir } from "../weir.ts";

const nothing = { params: [], tags: [] };

Deno.test("a job that goes on elsewhere outlives its worker: another one watches it, and its token stays good", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { run_id, job_id } = await submit(sql, { labels: ["gpu"] });
  const gpu = { labels: ["gpu"] };
  const [first] = await claim(sql, await newWorker(sql, ["gpu"]), gpu);
  await noteProgress(sql, first!, { ...nothing, reference: { job: "far-away", seen: 1 } });
  const [kept] = await sql<{ token: Uint8Array }[]>`select token from weir.jobs where job_id = ${job_id}`;
  const isGood = async () => (await runOfToken(sql, kept!.token))?.run_id === run_id;

  await hurryJobs(sql);
  ok(await isGood());
  deepEqual(await sweepJobs(sql, 0), [job_id]);
  deepEqual(await sweepJobs(sql, 0), []);
  ok(await isGood());
  ok(await isJobDue(sql));
  equal((await weir.getRun(run_id)).info.status, "RUNNING");
  await rejects(noteProgress(sql, first!, nothing), { code: "RESOURCE_CONFLICT" });
  deepEqual(await claim(sql, await newWorker(sql)), []);

  await cancelJob(sql, job_id);
  const [second] = await claim(sql, await newWorker(sql, ["gpu"]), gpu);
  deepEqual([second!.job_id, second!.job.reference, second!.job.attempts], [job_id, { job: "far-away", seen: 1 }, 1]);
  equal((await noteProgress(sql, second!, nothing)).cancelling, true);
  ok(await isGood());
  equal((await endJob(sql, second!, { status: "KILLED" }, 0)).state, "killed");
  ok(!await isGood());
});

Deno.test("a job that goes on elsewhere has failed once no worker was there for it for a day", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { run_id, job_id } = await submit(sql);
  const [mine] = await claim(sql, await newWorker(sql));
  await noteProgress(sql, mine!, { ...nothing, reference: { job: "far-away" } });
  await hurryJobs(sql);
  await sweepJobs(sql, 0);
  await hurryJobs(sql);
  await sweepJobs(sql, 0);
  const { state, reason } = await getJob(sql, job_id);
  equal(state, "failed");
  match(reason ?? "", /for a day/);
  equal((await weir.getRun(run_id)).info.status, "FAILED");
});
