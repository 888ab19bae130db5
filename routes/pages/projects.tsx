import { cancelJob, countJobs, getJob, listJobs } from "../../db/jobs.ts";
import { logPage } from "../../db/run_log_page.ts";
import { logHead } from "../../db/run_logs.ts";
import { getRunInfo } from "../../db/runs.ts";
import { getSchedule } from "../../db/schedules.ts";
import { newestSweeps } from "../../db/sweeps.ts";
import { labelLimits, listWorkers } from "../../db/workers.ts";
import { isThere, type Job } from "../../domain/jobs.ts";
import { edit, execute, read } from "../../domain/permissions.ts";
import { JobPage } from "../../views/job.tsx";
import { hasEnded, jobHref } from "../../views/job_parts.tsx";
import { ProjectsPage } from "../../views/projects.tsx";
import { JobQuery, ProjectsQuery } from "../../wire/pages_projects.ts";
import { askAgain } from "../asked_job.ts";
import { form, page, type PageRequest } from "../page.tsx";
import { mostWorkers, shownJobs, workersHere } from "../shown_jobs.ts";
import { shownSchedules } from "./schedules.tsx";

const pageSize = 50;
const shownSweeps = 10;
/** Lines of the log that a job's page shows. */
const lastLines = 200;

export const projectPages = [
  page({
    path: "/projects",
    query: ProjectsQuery,
    access: read.job,
    show: async ({ sql, now }, view) => {
      const [listed, counts, workers, limits, sweeps, schedules] = await Promise.all([
        listJobs(sql, { ...view, max_results: pageSize }),
        countJobs(sql),
        workersHere(sql, now()),
        labelLimits(sql),
        newestSweeps(sql, shownSweeps),
        shownSchedules(sql),
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
          schedules={schedules}
          now={now()}
        />
      );
    },
  }),
  page({
    path: "/projects/jobs/:job_id",
    query: JobQuery,
    access: read.job,
    show: async (request, { job_id }) => {
      const { sql, now } = request;
      const job = await getJob(sql, job_id);
      const [run, workers, schedule] = await Promise.all([
        getRunInfo(sql, job.run_id),
        listWorkers(sql, mostWorkers),
        job.schedule_id === undefined ? undefined : getSchedule(sql, job.schedule_id),
      ]);
      const [shown] = await shownJobs(sql, [job], workers.filter((worker) => isThere(worker, now())));
      return (
        <JobPage
          shown={shown!}
          worker={workers.find(({ worker_id }) => worker_id === job.worker_id)}
          schedule={schedule}
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
