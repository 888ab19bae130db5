import type { Experiment } from "../domain/entities.ts";
import { printValue } from "../domain/filter/print.ts";
import { type Overlap, type Schedule, scheduleTag } from "../domain/schedules.ts";
import { cronWords } from "../domain/schedule_words.ts";
import type { ScheduleQuery } from "../wire/pages_schedules.ts";
import { Asked, Fact } from "./asked_facts.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { hasEnded, jobHref, JobStatus, type ShownJob, timeOf } from "./job_parts.tsx";
import { href, path } from "./links.ts";
import { Dot, PageHead, Panel, Time } from "./parts.tsx";
import { Polls } from "./polls.tsx";
import { NextTimes, scheduleHref } from "./schedule_parts.tsx";
import { NextTime } from "./schedules_panel.tsx";
import { Shell } from "./shell.tsx";

export interface SchedulePageProps {
  view: ScheduleQuery;
  schedule: Schedule;
  /** Where its runs are; undefined where that is gone for good. */
  experiment: Experiment | undefined;
  /** When it comes next; ms since the epoch. */
  times: readonly number[];
  /** Its last ones, newest first. */
  jobs: readonly ShownJob[];
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** Milliseconds before the next time from which on the page is looked at again. */
const soon = 60_000;

/** `/projects/schedules/:schedule_id`: when it comes, what came of it, and what it asks for. */
export function SchedulePage(props: SchedulePageProps) {
  const { view, schedule, jobs, now } = props;
  const { schedule_id, name, next_time } = schedule;
  const goesOn = jobs.some(({ job }) => !hasEnded(job)) || next_time !== undefined && next_time - now < soon;
  return (
    <Shell title={name} current="projects">
      <PageHead crumbs={[{ text: "Projects", href: href(path`/projects`) }]} title={<bdi>{name}</bdi>}>
        <a class="btn" href={`${scheduleHref(schedule_id)}/edit`}>
          <Icon name="edit" />Edit…
        </a>
        <a class="btn danger" href={href(path`/projects/schedules/${schedule_id}`, { confirm: "delete" })}>
          <Icon name="delete" />Delete…
        </a>
      </PageHead>
      <div class="page">
        {view.confirm === "delete" && <ConfirmDelete {...schedule} />}
        <div id="schedule">
          {goesOn && <Polls address={scheduleHref(schedule_id)} part="#schedule" />}
          <Facts {...props} />
          <Jobs {...props} />
          <Asked {...schedule.asked} />
        </div>
      </div>
    </Shell>
  );
}

function ConfirmDelete({ schedule_id }: Schedule) {
  return (
    <Panel title="Delete this schedule?" class="confirm">
      <form class="form" method="post" action={`${scheduleHref(schedule_id)}/delete`}>
        <p>Nothing is asked for any more. The jobs that it asked for stay, with their runs.</p>
        <div class="acts">
          <a class="btn" href={scheduleHref(schedule_id)}>Keep it</a>
          <button type="submit" class="danger">
            <Icon name="delete" />Delete
          </button>
        </div>
      </form>
    </Panel>
  );
}

function Facts({ schedule, experiment, times, now }: SchedulePageProps) {
  const { cron, time_zone, overlap, paused, last_time, skipped_time, last_error } = schedule;
  return (
    <Panel title="Schedule" actions={<Actions {...schedule} />}>
      <dl class="kv">
        <Fact name="When">
          <WhenFact cron={cron} time_zone={time_zone} />
        </Fact>
        <Fact name="Next">
          {paused || times.length === 0 ? <NextTime {...schedule} now={now} /> : <NextTimes times={times} />}
        </Fact>
        <Fact name="Overlap">{overlapNotes[overlap]}</Fact>
        {last_time !== undefined && (
          <Fact name="Asked last">
            <Time at={last_time} />
          </Fact>
        )}
        {skipped_time !== undefined && (
          <Fact name="Passed over">
            <Time at={skipped_time} />, because a job of it went on
          </Fact>
        )}
        {last_error !== undefined && (
          <Fact name="Nothing came of it">
            <span class="bad">{last_error}</span>
          </Fact>
        )}
        <Fact name="Experiment">
          <ExperimentLink schedule={schedule} experiment={experiment} />
        </Fact>
        <Fact name="Made">
          <Time at={schedule.created_time} />
        </Fact>
      </dl>
    </Panel>
  );
}

function WhenFact({ cron, time_zone }: Pick<Schedule, "cron" | "time_zone">) {
  const words = cronWords(cron);
  return (
    <>
      {words ?? <code>{cron}</code>} by the clock of {time_zone}{" "}
      {words !== undefined && <code class="mut">{cron}</code>}
    </>
  );
}

const overlapNotes: Readonly<Record<Overlap, string>> = {
  skip: "a time is passed over while a job of it waits or runs",
  queue: "one more job is queued while others wait or run",
};

function ExperimentLink({ schedule, experiment }: Pick<SchedulePageProps, "schedule" | "experiment">) {
  if (experiment === undefined) return <>{schedule.experiment_id}, which is gone</>;
  const at = path`/experiments/${experiment.experiment_id}`;
  return (
    <>
      <a dir="auto" href={href(at)}>{experiment.name}</a>
      {", "}
      <a href={href(at, { filter: `tags."${scheduleTag}" = ${printValue(schedule.name)}` })}>its runs there</a>
    </>
  );
}

function Actions({ schedule_id, paused }: Schedule) {
  return (
    <>
      <Act what="run" schedule_id={schedule_id} icon="run" text="Run now" />
      {paused
        ? <Act what="resume" schedule_id={schedule_id} icon="restore" text="Resume" />
        : <Act what="pause" schedule_id={schedule_id} icon="stop" text="Pause" />}
    </>
  );
}

function Act({ what, schedule_id, icon, text }: { what: string; schedule_id: string; icon: IconName; text: string }) {
  return (
    <form method="post" action={`${scheduleHref(schedule_id)}/${what}`}>
      <button type="submit">
        <Icon name={icon} />
        {text}
      </button>
    </form>
  );
}

function Jobs({ jobs, now }: SchedulePageProps) {
  return (
    <Panel title="Its last jobs">
      {jobs.length === 0
        ? <p class="none">It has not asked for any yet.</p>
        : (
          <div class="tw" tabindex={0} role="region" aria-label="Jobs of the schedule">
            <table class="grid names">
              <caption class="sr">Jobs of the schedule, newest first</caption>
              <thead>
                <tr>
                  <th class="k" scope="col">Run</th>
                  <th scope="col">State</th>
                  <th class="r" scope="col">Asked</th>
                  <th class="r" scope="col">Took</th>
                </tr>
              </thead>
              <tbody>
                {jobs.map((shown) => (
                  <tr id={`job-${shown.job.job_id}`}>
                    <th scope="row" class="k">
                      <Dot run_id={shown.job.run_id} />
                      <a dir="auto" href={jobHref(shown.job.job_id)}>{shown.run_name}</a>
                    </th>
                    <td title={shown.job.reason}>
                      <JobStatus {...shown} />
                    </td>
                    <td class="r">
                      <Time at={shown.job.created_time} now={now} />
                    </td>
                    <td class="r">{timeOf(shown.job, now)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </Panel>
  );
}
