import type { KeyValue } from "../domain/entities.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import type { Schedule } from "../domain/schedules.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { PageHead, Panel } from "./parts.tsx";
import { ScheduleFields } from "./schedule_fields.tsx";
import { scheduleHref } from "./schedule_parts.tsx";
import { Shell } from "./shell.tsx";

/** A line for each. */
export const parametersText = (parameters: readonly KeyValue[]): string =>
  parameters.map(({ key, value }) => `${key}=${value}`).join("\n");

/** `/projects/schedules/:schedule_id/edit`: changes when a schedule comes and what it asks for. */
export function EditSchedulePage({ schedule, times }: { schedule: Schedule; times: readonly number[] }) {
  const { schedule_id, name, asked } = schedule;
  return (
    <Shell title={`Edit ${name}`} current="projects">
      <PageHead
        crumbs={[{ text: "Projects", href: href(path`/projects`) }, { text: name, href: scheduleHref(schedule_id) }]}
        title="Edit the schedule"
        description="Jobs that were asked for already stay as they are."
      />
      <form class="form launch page" method="post" action={`${scheduleHref(schedule_id)}/edit`}>
        <Panel title="When">
          <ScheduleFields schedule={schedule} times={times} />
        </Panel>
        <Panel title="What">
          <div class="fields">
            <label class="w3">
              Git repository, zip file or folder
              <input
                type="text"
                name="uri"
                value={withoutCredentials(asked.uri)}
                required
                maxlength={2048}
                autocomplete="off"
                spellcheck={false}
              />
            </label>
            <Text label="Branch, tag or commit" name="version" value={asked.version ?? ""} />
            <Text label="Entry point" name="entry_point" value={asked.entry_point} hint="main" />
            <Text label="Name of the runs" name="run_name" value={asked.run_name} hint="A name is made" />
            <label class="w3">
              Parameters, a line for each
              <textarea name="parameters" rows={5} placeholder="alpha=0.5" spellcheck={false} class="mono">
                {parametersText(asked.parameters)}
              </textarea>
            </label>
            <Text
              label="Labels that a worker must have"
              name="labels"
              value={asked.labels.join(" ")}
              hint="gpu"
            />
            <Count label="Priority" name="priority" value={asked.priority} least={-1000} most={1000} />
            <Count label="Attempts" name="max_attempts" value={asked.max_attempts} least={1} most={100} />
            <label>
              Time limit in minutes
              <input
                type="number"
                name="timeout_minutes"
                value={asked.timeout_ms === undefined ? "" : asked.timeout_ms / 60_000}
                min={0}
                step="any"
                placeholder="None"
              />
            </label>
          </div>
        </Panel>
        <div class="acts">
          <button type="submit" class="pri">
            <Icon name="check" />Save
          </button>
          <a class="btn" href={scheduleHref(schedule_id)}>Cancel</a>
        </div>
      </form>
    </Shell>
  );
}

function Text({ label, name, value, hint }: { label: string; name: string; value: string; hint?: string }) {
  return (
    <label>
      {label}
      <input
        type="text"
        name={name}
        value={value}
        placeholder={hint}
        maxlength={2048}
        autocomplete="off"
        spellcheck={false}
      />
    </label>
  );
}

function Count(
  { label, name, value, least, most }: { label: string; name: string; value: number; least: number; most: number },
) {
  return (
    <label>
      {label}
      <input type="number" name={name} value={value} min={least} max={most} />
    </label>
  );
}
