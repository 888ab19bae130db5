import { getExperiment } from "../../db/experiments.ts";
import { cancelJob, countJobs, getJob, listJobs, queuePositions } from "../../db/jobs.ts";
import { relatedRuns } from "../../db/run_lists.ts";
import { logPage } from "../../db/run_log_page.ts";
import { logHead } from "../../db/run_logs.ts";
import { getRunInfo } from "../../db/runs.ts";
import { newestSweeps } from "../../db/sweeps.ts";
import { labelLimits, listWorkers } from "../../db/workers.ts";
import { isThere, type Job, type Worker } from "../../domain/jobs.ts";
import { edit, execute, read } from "../../domain/permissions.ts";
import { JobPage } from "../../views/job.tsx";
import { hasEnded, jobHref } from "../../views/job_parts.tsx";
import { LaunchPage } from "../../views/project_form.tsx";
import { ProjectsPage } from "../../views/projects.tsx";
import { JobQuery, LaunchForm, LaunchQuery, ProjectsQuery } from "../../wire/pages_projects.ts";
import { askAgain, askJob } from "../asked_job.ts";
import { askedIn } from "../launch_form.ts";
import { form, page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";

const pageSize = 50;
const mostWorkers = 50;
const shownSweeps = 10;
/** Lines of the log that a job's page shows. */
const lastLines = 200;

export const projectPages = [
  page({
    path: "/projects",
    query: ProjectsQuery,
    access: read.job,
    show: async ({ sql, now }, view) => {
      const [listed, counts, workers, limits, sweeps] = await Promise.all([
        listJobs(sql, { ...view, max_results: pageSize }),
        countJobs(sql),
        workersHere(sql, now()),
        labelLimits(sql),
        newestSweeps(sql, shownSweeps),
      ]);
      return (
        <ProjectsPage
          view={view}
          jobs={await shownJobs(sql, listed.jobs, workers)}
          next_page_token={listed.next_page_token}
          counts={counts}
          workers={workers}
          limits={limits}
          sweeps={sweeps}
          now={now()}
        />
      );
    },
  }),
  page({
    path: "/projects/new",
    query: LaunchQuery,
    access: read.job,
    show: async ({ sql }, view) => {
      const job = view.job === "" ? undefined : await getJob(sql, view.job);
      const experiment_id = job?.experiment_id ?? view.experiment_id;
      const experiment = experiment_id === "" ? undefined : await getExperiment(sql, experiment_id);
      const [run] = job ? await relatedRuns(sql, [job.run_id]) : [];
      return <LaunchPage view={view} job={job} experiment_name={experiment?.name ?? ""} of={run?.run_name} />;
    },
  }),
  form({
    path: "/projects",
    fields: LaunchForm,
    access: execute.job,
    handle: async (services, fields) => jobHref((await askJob(services, askedIn(fields))).job_id),
  }),
  page({
    path: "/projects/jobs/:job_id",
    query: JobQuery,
    access: read.job,
    show: async (request, { job_id }) => {
      const { sql, now } = request;
      const job = await getJob(sql, job_id);
      const [run, workers] = await Promise.all([getRunInfo(sql, job.run_id), listWorkers(sql, mostWorkers)]);
      const [shown] = await shownJobs(sql, [job], workers.filter((worker) => isThere(worker, now())));
      return (
        <JobPage
          shown={shown!}
          worker={workers.find(({ worker_id }) => worker_id === job.worker_id)}
          log={await logOf(request, job, run.lifecycle_stage === "active")}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/projects/jobs/:job_id/cancel",
    fields: JobQuery,
    access: edit.job,
    handle: async ({ sql }, { job_id }) => jobHref((await cancelJob(sql, job_id)).job_id),
  }),
  form({
    path: "/projects/jobs/:job_id/retry",
    fields: JobQuery,
    access: execute.job,
    handle: async (services, { job_id }) => jobHref((await askAgain(services, job_id)).job_id),
  }),
];

const workersHere = async (sql: Services["sql"], now: number): Promise<Worker[]> =>
  (await listWorkers(sql, mostWorkers)).filter((worker) => isThere(worker, now));

/** Jobs with the names of their runs and, of those that wait, their turns. */
async function shownJobs(sql: Services["sql"], jobs: readonly Job[], workers: readonly Worker[]) {
  const waiting = jobs.filter(({ state }) => state === "queued").map(({ job_id }) => job_id);
  const [runs, positions] = await Promise.all([
    relatedRuns(sql, jobs.map(({ run_id }) => run_id)),
    queuePositions(sql, waiting),
  ]);
  const names = new Map(runs.map(({ run_id, run_name }) => [run_id, run_name]));
  return jobs.map((job) => ({
    job,
    run_name: names.get(job.run_id) ?? job.run_id,
    position: positions.get(job.job_id),
    stuck: job.state === "queued" && job.labels.length > 0 &&
      !workers.some(({ labels }) => job.labels.every((label) => labels.includes(label))),
  }));
}

async function logOf({ sql, address }: PageRequest, job: Job, active: boolean) {
  const head = await logHead(sql, job.run_id);
  const shown = await logPage(sql, head, { go: "", zone: 0, q: "" }, lastLines);
  return {
    ...shown,
    run_id: job.run_id,
    sizes: head,
    running: !hasEnded(job),
    active,
    server: address,
  };
}
