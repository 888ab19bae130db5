import { cancelJob, getJob, listJobs } from "../../db/jobs.ts";
import { endJob, logOfJob, noteProgress } from "../../db/job_writes.ts";
import type { KeyValue } from "../../domain/entities.ts";
import { invalid } from "../../domain/errors.ts";
import { experimentNumber } from "../../domain/experiments.ts";
import { jobStates } from "../../domain/jobs.ts";
import { checkKey, limits, truncate } from "../../domain/names.ts";
import { edit, execute, read, work } from "../../domain/permissions.ts";
import { shownJob } from "../../domain/projects/shown.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import * as wire from "../../wire/jobs.ts";
import { askAgain, askJob } from "../asked_job.ts";
import { goOn } from "../asked_sweep.ts";
import { endpoint } from "../endpoint.ts";

const mostOnPage = 1000;

export const jobEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs",
    summary: "Queues a run of a project for a worker; the run is there at once, SCHEDULED until a worker begins.",
    input: wire.SubmitJob,
    output: wire.OneJob,
    access: execute.job,
    handle: async (services, asked) => ({ job: shownJob(await askJob(services, asked)) }),
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "jobs",
    summary: "Lists jobs, newest first, page by page. Those that FAILED are the dead letters.",
    input: wire.ListJobs,
    output: wire.Jobs,
    access: read.job,
    handle: async ({ sql }, { state, experiment_id, ...page }) => {
      checkRegistryMaxResults(page.max_results, 1, mostOnPage);
      const { jobs, ...next } = await listJobs(sql, {
        ...page,
        state: jobStates.find((one) => one === state?.toLowerCase()),
        experiment_id: experiment_id === undefined ? undefined : experimentNumber(experiment_id),
      });
      return { ...next, jobs: jobs.map(shownJob) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "jobs/{job_id}",
    summary: "Answers a job and how far it is.",
    input: wire.JobById,
    output: wire.OneJob,
    access: read.job,
    handle: async ({ sql }, { job_id }) => ({ job: shownJob(await getJob(sql, job_id)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs/{job_id}/cancel",
    summary: "Ends a job: at once while it waits, else within 15 seconds, with all that it started.",
    input: wire.JobById,
    output: wire.OneJob,
    access: edit.job,
    handle: async ({ sql }, { job_id }) => ({ job: shownJob(await cancelJob(sql, job_id)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs/{job_id}/retry",
    summary: "Queues a job again, for the same run, that failed or was killed.",
    input: wire.JobById,
    output: wire.OneJob,
    access: execute.job,
    handle: async (services, { job_id }) => ({ job: shownJob(await askAgain(services, job_id)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs/{job_id}/log",
    summary: "Appends what a worker's job printed to the log of its run.",
    input: wire.LogOfJob,
    output: wire.JobLogEnd,
    access: work.job,
    handle: async ({ sql }, { stream, offset, base64, ...claim }) => ({
      offset: await logOfJob(sql, claim, { stream, offset, bytes: bytesOf(base64) }),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs/{job_id}/progress",
    summary: "Says that a worker is at a job, and what it has to note of its run; the first time, the run begins.",
    input: wire.NoteProgress,
    output: wire.Progress,
    access: work.job,
    handle: async ({ sql }, { params, tags, reference, ...claim }) =>
      await noteProgress(sql, claim, {
        params: checked(params, "params", limits.paramValue),
        tags: checked(tags, "tags", limits.runTagValue),
        reference,
      }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "jobs/{job_id}/end",
    summary: "Ends a worker's job, and its run with it; one that FAILED is queued again while it has attempts left.",
    input: wire.EndJob,
    output: wire.OneJob,
    access: work.job,
    handle: async (services, { status, exit_code, reason, ...claim }) => {
      const ended = { status, exit_code, reason: reason && truncate(reason, 5000) };
      const job = await endJob(services.sql, claim, ended, Math.random());
      if (job.sweep_id !== undefined) await goOn(services, job.sweep_id);
      return { job: shownJob(job) };
    },
  }),
];

const checked = (pairs: readonly KeyValue[], field: string, most: number): KeyValue[] =>
  pairs.map(({ key, value }, index) => {
    checkKey(key, `${field}[${index}].key`, "key");
    return { key, value: truncate(value, most) };
  });

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    throw invalid("Invalid value for parameter 'base64' supplied: it must be base64.");
  }
}
