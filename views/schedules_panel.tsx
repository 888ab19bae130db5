import { age, moment } from "../domain/format.ts";
import type { Job } from "../domain/jobs.ts";
import type { Schedule } from "../domain/schedules.ts";
import { jobHref, JobStatus } from "./job_parts.tsx";
import { Badge, Panel, Time } from "./parts.tsx";
import { scheduleHref, whenText } from "./schedule_parts.tsx";

export interface ShownSchedule {
  schedule: Schedule;
  last_job: Job | undefined;
}

/** The newest schedules, with what came of each the last time. */
export function SchedulesPanel({ schedules, now }: { schedules: readonly ShownSchedule[]; now: number }) {
  return (
    <Panel title="Schedules">
      <div class="tw" tabindex={0} role="region" aria-label="Schedules">
        <table class="grid names">
          <caption class="sr">Schedules, newest first</caption>
          <thead>
            <tr>
              <th class="k" scope="col">Name</th>
              <th scope="col">Last job</th>
              <th class="lo" scope="col">When</th>
              <th scope="col">Next</th>
              <th class="r lo" scope="col">Asked</th>
            </tr>
          </thead>
          <tbody>{schedules.map((shown) => <Line {...shown} now={now} />)}</tbody>
        </table>
      </div>
    </Panel>
  );
}

function Line({ schedule, last_job, now }: ShownSchedule & { now: number }) {
  const { schedule_id, name, cron, last_time } = schedule;
  return (
    <tr id={`schedule-${schedule_id}`}>
      <th scope="row" class="k">
        <a dir="auto" href={scheduleHref(schedule_id)}>{name}</a>
      </th>
      <td title={schedule.last_error}>
        <LastJob schedule={schedule} last_job={last_job} />
      </td>
      <td class="lo d" title={cron}>{whenText(schedule)}</td>
      <td>
        <NextTime {...schedule} now={now} />
      </td>
      <td class="r lo">{last_time !== undefined && <Time at={last_time} now={now} />}</td>
    </tr>
  );
}

/** How long until it comes next, if it does. */
export function NextTime({ paused, next_time, now }: Pick<Schedule, "paused" | "next_time"> & { now: number }) {
  if (paused) return <Badge>Paused</Badge>;
  if (next_time === undefined) return <span>Never</span>;
  const wait = age(next_time - now);
  return (
    <time datetime={new Date(next_time).toISOString()} title={moment(next_time)}>
      {wait === "now" ? wait : `in ${wait}`}
    </time>
  );
}

function LastJob({ schedule, last_job }: ShownSchedule) {
  if (schedule.last_error !== undefined) return <span class="st failed">Not asked</span>;
  if (last_job === undefined) return <span class="mut">None</span>;
  return (
    <a href={jobHref(last_job.job_id)}>
      <JobStatus job={last_job} position={undefined} stuck={false} />
    </a>
  );
}
