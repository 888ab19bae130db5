import { count, counted } from "../domain/format.ts";
import { jobStates, type Worker } from "../domain/jobs.ts";
import type { ProjectsQuery } from "../wire/pages_projects.ts";
import { Icon } from "./icons.tsx";
import { jobHref, JobStatus, projectName, type ShownJob, stateWords, timeOf } from "./job_parts.tsx";
import { href, path } from "./links.ts";
import { Badge, Dot, Empty, PageFoot, PageHead, Panel, Snippet, Time } from "./parts.tsx";
import { Polls } from "./polls.tsx";
import { SchedulesPanel, type ShownSchedule } from "./schedules_panel.tsx";
import { Shell } from "./shell.tsx";
import { type ShownSweep, SweepsPanel } from "./sweeps_panel.tsx";

export interface ProjectsPageProps {
  view: ProjectsQuery;
  /** One page, newest first. */
  jobs: readonly ShownJob[];
  next_page_token: string | undefined;
  counts: { queued: number; running: number };
  /** Those that were heard of within a minute. */
  workers: readonly Worker[];
  limits: readonly { label: string; most: number }[];
  /** The newest ones. */
  sweeps: readonly ShownSweep[];
  schedules: readonly ShownSchedule[];
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/projects`: what runs, what waits, and who does it. Looked at again every two seconds while something goes on, and now and then otherwise. */
export function ProjectsPage(props: ProjectsPageProps) {
  const { view, jobs, counts } = props;
  const none = jobs.length === 0 && view.state === undefined && view.page_token === undefined;
  const goesOn = counts.queued + counts.running > 0;
  return (
    <Shell title="Projects" current="projects">
      <PageHead
        crumbs={[]}
        title="Projects"
        description="Code that is fetched, given its environment and run by a worker, as a run of an experiment."
      >
        <a class="btn pri" href={href(path`/projects/new`)}>
          <Icon name="run" />Run a project…
        </a>
      </PageHead>
      <div class="page" id="jobs">
        <Polls address={href(path`/projects`, view)} part="#jobs" seconds={goesOn ? 2 : 15} />
        {none ? <NothingYet /> : <Jobs {...props} />}
        {props.sweeps.length > 0 && <SweepsPanel {...props} />}
        {props.schedules.length > 0 && <SchedulesPanel {...props} />}
        <Workers {...props} />
      </div>
    </Shell>
  );
}

const NothingYet = () => (
  <Empty title="No project was run yet">
    <p>
      A project is a folder, a git repository or a zip file with a file <code>MLproject</code>{" "}
      that says what can be run. Start one here, or from a shell:
    </p>
    <Snippet
      label="A run of a project from a shell"
      code="deno task weir run https://github.com/me/project -P alpha=0.5 --queue"
    />
  </Empty>
);

function Jobs({ view, jobs, next_page_token, counts, now }: ProjectsPageProps) {
  return (
    <Panel
      title="Jobs"
      note={`${count(counts.running)} running, ${count(counts.queued)} waiting`}
      actions={<States view={view} />}
    >
      {jobs.length === 0
        ? <p class="none">No job {view.state && `has ${stateWords[view.state].toLowerCase()}`}.</p>
        : (
          <div class="tw" tabindex={0} role="region" aria-label="Jobs">
            <table class="grid names">
              <caption class="sr">Jobs, newest first</caption>
              <thead>
                <tr>
                  <th class="k" scope="col">Run</th>
                  <th scope="col">State</th>
                  <th class="lo" scope="col">Project</th>
                  <th class="lo" scope="col">Parameters</th>
                  <th class="lo" scope="col">By</th>
                  <th class="r lo" scope="col">Asked</th>
                  <th class="r" scope="col">Took</th>
                </tr>
              </thead>
              <tbody>{jobs.map((shown) => <Line {...shown} now={now} />)}</tbody>
            </table>
          </div>
        )}
      <PageFoot
        shown={jobs.length}
        total={view.page_token === undefined && next_page_token === undefined
          ? { kind: "exact", count: jobs.length }
          : { kind: "unknown" }}
        noun="job"
        first={view.page_token === undefined ? undefined : href(path`/projects`, { state: view.state })}
        next={next_page_token === undefined
          ? undefined
          : href(path`/projects`, { state: view.state, page_token: next_page_token })}
      />
    </Panel>
  );
}

function States({ view }: Pick<ProjectsPageProps, "view">) {
  return (
    <nav class="seg" aria-label="States">
      {[undefined, ...jobStates].map((state) => (
        <a class="btn" href={href(path`/projects`, { state })} aria-current={view.state === state ? "true" : undefined}>
          {state === undefined ? "All" : stateWords[state]}
        </a>
      ))}
    </nav>
  );
}

function Line({ now, ...shown }: ShownJob & { now: number }) {
  const { job, run_name } = shown;
  const parameters = job.spec.parameters.map(({ key, value }) => `${key}=${value}`).join(" ");
  return (
    <tr id={`job-${job.job_id}`}>
      <th scope="row" class="k">
        <Dot run_id={job.run_id} />
        <a dir="auto" href={jobHref(job.job_id)}>{run_name}</a>
      </th>
      <td title={job.reason}>
        <JobStatus {...shown} />
      </td>
      <td class="lo d" dir="auto" title={projectName(job)}>{projectName(job)}</td>
      <td class="lo d" dir="auto" title={parameters}>{parameters}</td>
      <td class="lo d" dir="auto">{job.submitted_by}</td>
      <td class="r lo">
        <Time at={job.created_time} now={now} />
      </td>
      <td class="r">{timeOf(job, now)}</td>
    </tr>
  );
}

function Workers({ workers, limits, now }: ProjectsPageProps) {
  return (
    <Panel title="Workers" note={workers.length === 0 ? undefined : counted(workers.length, "worker")}>
      {workers.length === 0
        ? (
          <p class="none">
            No worker is there. The server starts one of its own with the first job, unless it was told not to; other
            machines take part with <code>deno task worker</code>.
          </p>
        )
        : (
          <div class="tw" tabindex={0} role="region" aria-label="Workers">
            <table class="grid names">
              <caption class="sr">Workers that were heard of within a minute</caption>
              <thead>
                <tr>
                  <th class="k" scope="col">Name</th>
                  <th scope="col">Labels</th>
                  <th class="r" scope="col">Busy</th>
                  <th class="r" scope="col">Heard of</th>
                  <th class="r lo" scope="col">Since</th>
                </tr>
              </thead>
              <tbody>
                {workers.map((worker) => (
                  <tr id={`worker-${worker.worker_id}`}>
                    <th scope="row" class="k" title={`Process ${worker.pid} of ${worker.host}`}>{worker.name}</th>
                    <td>{worker.labels.map((label) => <Badge>{label}</Badge>)}</td>
                    <td class="r">{worker.running} of {worker.slots}</td>
                    <td class="r">
                      <Time at={worker.last_heartbeat} now={now} />
                    </td>
                    <td class="r lo">
                      <Time at={worker.started_time} now={now} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {limits.length > 0 && (
        <p class="none">
          At once: {limits.map(({ label, most }) => `${counted(most, "job")} with ${label}`).join(", ")}.
        </p>
      )}
    </Panel>
  );
}
