import type { Worker } from "../domain/jobs.ts";
import type { Schedule } from "../domain/schedules.ts";
import { Asked, Fact } from "./asked_facts.tsx";
import { Icon } from "./icons.tsx";
import { hasEnded, jobHref, JobStatus, type ShownJob, timeOf } from "./job_parts.tsx";
import { LaunchAgain } from "./launch_again.tsx";
import { href, path } from "./links.ts";
import { PageHead, Panel, Time } from "./parts.tsx";
import { Polls } from "./polls.tsx";
import { LogEnd, type RunLogProps } from "./run_log.tsx";
import { scheduleHref } from "./schedule_parts.tsx";
import { Shell } from "./shell.tsx";
import { sweepHref } from "./sweep_parts.tsx";

export interface JobPageProps {
  shown: ShownJob;
  /** Who claimed it last, while it is remembered. */
  worker: Worker | undefined;
  /** That asked for it, while it is there. */
  schedule: Schedule | undefined;
  log: Omit<RunLogProps, "view">;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/projects/jobs/:job_id`: a job with its log as it comes, and what can be done about it. */
export function JobPage(props: JobPageProps) {
  const { shown: { job, run_name }, log } = props;
  return (
    <Shell title={run_name} current="projects" scripts={["run_log.js"]}>
      <PageHead
        crumbs={[{ text: "Projects", href: href(path`/projects`) }]}
        title={<bdi>{run_name}</bdi>}
      >
        <LaunchAgain spec={job.spec} from={{ job: job.job_id }}>Run again with changes…</LaunchAgain>
        <a class="btn" href={href(path`/runs/${job.run_id}`)}>
          <Icon name="right" />The run
        </a>
      </PageHead>
      <div class="page" id="job">
        {!hasEnded(job) && <Polls address={jobHref(job.job_id)} part="#job" />}
        <Facts {...props} />
        <Asked {...job} {...job.spec} />
        {log.sizes.size > 0 && <LogEnd {...log} />}
      </div>
    </Shell>
  );
}

function Facts({ shown, worker, schedule, now }: JobPageProps) {
  const { job } = shown;
  const { reason, exit_code, attempts, max_attempts, started_time, next_attempt } = job;
  return (
    <Panel title="Job" actions={<Actions {...shown} />}>
      <dl class="kv">
        <Fact name="State">
          <JobStatus {...shown} />
        </Fact>
        {reason !== undefined && <Fact name="Reason">{reason}</Fact>}
        {exit_code !== undefined && <Fact name="Exit code">{exit_code}</Fact>}
        <Fact name="Asked">
          <Time at={job.created_time} />
          {job.submitted_by !== "" && (
            <>
              by <bdi>{job.submitted_by}</bdi>
            </>
          )}
        </Fact>
        {started_time !== undefined && (
          <Fact name="Began">
            <Time at={started_time} />, {hasEnded(job) ? "took" : "for"} {timeOf(job, now)}
          </Fact>
        )}
        {next_attempt !== undefined && (
          <Fact name="Next try">
            <Time at={next_attempt} />
          </Fact>
        )}
        {max_attempts > 1 && <Fact name="Attempts">{attempts} of {max_attempts}</Fact>}
        {job.sweep_id !== undefined && (
          <Fact name="Sweep">
            <a href={sweepHref(job.sweep_id)}>Trial {job.trial}</a>
          </Fact>
        )}
        {schedule !== undefined && (
          <Fact name="Schedule">
            <a dir="auto" href={scheduleHref(schedule.schedule_id)}>{schedule.name}</a>
          </Fact>
        )}
        {job.worker_id !== undefined && <Fact name="Worker">{worker?.name ?? job.worker_id}</Fact>}
      </dl>
    </Panel>
  );
}

function Actions({ job }: ShownJob) {
  const { job_id, state, cancelling } = job;
  if (!hasEnded(job)) {
    return (
      <form method="post" action={`${jobHref(job_id)}/cancel`}>
        <button type="submit" class="danger" disabled={cancelling}>
          <Icon name="stop" />
          {cancelling ? "Cancelling…" : "Cancel"}
        </button>
      </form>
    );
  }
  if (state === "finished") return null;
  return (
    <form method="post" action={`${jobHref(job_id)}/retry`}>
      <button type="submit" title="The same run, from the beginning">
        <Icon name="restore" />Try again
      </button>
    </form>
  );
}
