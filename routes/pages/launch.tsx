import { experimentNames } from "../../db/experiment_search.ts";
import { getExperiment } from "../../db/experiments.ts";
import { getJob, recentProjects } from "../../db/jobs.ts";
import { askLook, getLook } from "../../db/project_looks.ts";
import { relatedRuns } from "../../db/run_lists.ts";
import type { Sql } from "../../db/sql.ts";
import { getSweep } from "../../db/sweeps.ts";
import type { AskedJob, Job } from "../../domain/jobs.ts";
import { execute, read } from "../../domain/permissions.ts";
import { parseSource, withoutCredentials } from "../../domain/projects/source.ts";
import { jobHref } from "../../views/job_parts.tsx";
import { LaunchReading, LaunchStart } from "../../views/launch_start.tsx";
import { href, path } from "../../views/links.ts";
import { LaunchPage } from "../../views/project_form.tsx";
import { LaunchForm, LaunchQuery, LookForm } from "../../wire/pages_projects.ts";
import { askJob } from "../asked_job.ts";
import { askedIn, completed, urisOf } from "../launch_form.ts";
import { form, page, type PageRequest } from "../page.tsx";
import { workersHere } from "../shown_jobs.ts";

const [mostRecent, mostExperiments] = [8, 200];

export const launchPages = [
  page({ path: "/projects/new", query: LaunchQuery, access: read.job, show: launch }),
  form({
    path: "/projects/looks",
    fields: LookForm,
    access: execute.job,
    handle: async ({ sql, jobs }, { uri, version, again, from, ...kept }) => {
      parseSource(uri);
      const uris = await urisOf(sql, { job: kept.job || from, sweep: kept.sweep });
      const whole = uris.find((known) => withoutCredentials(known) === uri) ?? uri;
      const { look_id } = await askLook(sql, { uri: whole, version, again });
      jobs.ring();
      return href(path`/projects/new`, { look: look_id, ...kept });
    },
  }),
  form({
    path: "/projects",
    fields: LaunchForm,
    access: execute.job,
    handle: async (services, fields) =>
      jobHref((await askJob(services, askedIn(await completed(services.sql, fields)))).job_id),
  }),
];

async function launch({ sql, now }: PageRequest, view: LaunchQuery) {
  const begun = await begunWith(sql, view);
  const look = view.look === "" ? undefined : await getLook(sql, view.look);
  if (look && !look.found && look.reason === undefined) return <LaunchReading look={look} view={view} now={now()} />;
  if (!look && !begun.asked && !view.plain) {
    return <LaunchStart view={view} recent={await recentProjects(sql, mostRecent)} />;
  }
  const experiment_id = begun.experiment_id ?? view.experiment_id;
  const [experiment, experiments, workers] = await Promise.all([
    experiment_id === "" ? undefined : getExperiment(sql, experiment_id),
    experimentNames(sql, mostExperiments),
    workersHere(sql, now()),
  ]);
  return (
    <LaunchPage
      {...{ view, look, experiments, asked: begun.asked, sweep: begun.sweep, of: begun.of }}
      experiment_name={experiment?.name ?? ""}
      labels={[...new Set(workers.flatMap((worker) => worker.labels))].sort()}
    />
  );
}

/** The choices of the job or sweep that is to be run again. */
async function begunWith(sql: Sql, view: LaunchQuery) {
  if (view.job !== "") {
    const job = await getJob(sql, view.job);
    const [run] = await relatedRuns(sql, [job.run_id]);
    return { asked: askedAgain(job), experiment_id: job.experiment_id, of: run?.run_name, sweep: undefined };
  }
  if (view.sweep === "") return { asked: undefined, experiment_id: undefined, of: undefined, sweep: undefined };
  const sweep = await getSweep(sql, view.sweep);
  return { asked: sweep.asked, experiment_id: sweep.experiment_id, of: sweep.run_name, sweep };
}

const askedAgain = ({ spec, labels, submitted_by, priority, max_attempts, timeout_ms }: Job): AskedJob => ({
  ...spec,
  ...{ run_name: "", tags: [], labels, submitted_by, priority, max_attempts },
  ...(timeout_ms !== undefined && { timeout_ms }),
});
