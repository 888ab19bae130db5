import { type Overlap, overlaps, type Schedule } from "../domain/schedules.ts";
import { TextField } from "./fields.tsx";
import { href, path } from "./links.ts";
import { Times, timesPart } from "./schedule_parts.tsx";

/** What a form that makes a schedule has beyond one that runs a project: its names are those of `ScheduleForm`. */
export function ScheduleFields({ schedule, times }: { schedule?: Schedule; times?: readonly number[] }) {
  const look = {
    "hx-get": href(path`/projects/schedules/times`),
    "hx-trigger": "input delay:300ms",
    "hx-include": "#schedule-when",
    "hx-target": `#${timesPart}`,
    "hx-select": `#${timesPart}`,
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
  };
  return (
    <div class="fields">
      <TextField
        label="Name of the schedule"
        name="schedule_name"
        value={schedule?.name ?? ""}
        hint="The project's"
        most={250}
      />
      <div id="schedule-when" {...look}>
        <TextField label="When, as cron" name="cron" value={schedule?.cron ?? ""} hint="0 3 * * *" most={200} mono />
        <TextField
          label="By the clock of"
          name="time_zone"
          value={schedule?.time_zone ?? ""}
          hint="UTC"
          choices={zones}
          most={100}
        />
      </div>
      <label>
        While its last job goes on
        <select name="overlap">
          {overlaps.map((overlap) => (
            <option value={overlap} selected={schedule?.overlap === overlap || undefined}>
              {overlapWords[overlap]}
            </option>
          ))}
        </select>
      </label>
      <p class="w3 mut">
        Minute, hour, day of the month, month, weekday: <code>0 3 * * *</code> is every day at 03:00,{" "}
        <code>30 9 * * mon-fri</code> on working days at 09:30, <code>*/15 * * * *</code> every quarter of an hour; or
        {" "}
        <code>@hourly</code>, <code>@daily</code>, <code>@weekly</code>, <code>@monthly</code>.
      </p>
      <Times cron={schedule?.cron ?? ""} time_zone={schedule?.time_zone ?? ""} times={times} wrong={undefined} />
    </div>
  );
}

const zones = Intl.supportedValuesOf("timeZone");

const overlapWords: Readonly<Record<Overlap, string>> = {
  skip: "pass the time over",
  queue: "queue one more",
};
