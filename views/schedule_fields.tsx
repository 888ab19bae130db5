import { type Overlap, overlaps, type Schedule } from "../domain/schedules.ts";
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
      <label>
        Name of the schedule
        <input
          type="text"
          name="schedule_name"
          value={schedule?.name ?? ""}
          maxlength={250}
          placeholder="The project's"
          autocomplete="off"
          dir="auto"
        />
      </label>
      <div id="schedule-when" {...look}>
        <label>
          When, as cron
          <input
            type="text"
            name="cron"
            value={schedule?.cron ?? ""}
            class="mono"
            required={schedule !== undefined}
            maxlength={200}
            placeholder="0 3 * * *"
            autocomplete="off"
            spellcheck={false}
          />
        </label>
        <label>
          By the clock of
          <input
            type="text"
            name="time_zone"
            value={schedule?.time_zone ?? ""}
            list="time-zones"
            maxlength={100}
            placeholder="UTC"
            autocomplete="off"
            spellcheck={false}
          />
          <datalist id="time-zones">{zones.map((zone) => <option value={zone}></option>)}</datalist>
        </label>
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
