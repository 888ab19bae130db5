import type { KeyValue } from "../domain/entities.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import type { Schedule } from "../domain/schedules.ts";
import { CountField, TextField } from "./fields.tsx";
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
            <TextField
              label="Git repository, zip file or folder"
              name="uri"
              value={withoutCredentials(asked.uri)}
              required
              wide
            />
            <TextField label="Branch, tag or commit" name="version" value={asked.version ?? ""} />
            <TextField label="Entry point" name="entry_point" value={asked.entry_point} hint="main" />
            <TextField label="Name of the runs" name="run_name" value={asked.run_name} hint="A name is made" />
            <label class="w3">
              Parameters, a line for each
              <textarea name="parameters" rows={5} placeholder="alpha=0.5" spellcheck={false} class="mono">
                {parametersText(asked.parameters)}
              </textarea>
            </label>
            <TextField
              label="Labels that a worker must have"
              name="labels"
              value={asked.labels.join(" ")}
              hint="gpu"
            />
            <CountField label="Priority" name="priority" value={asked.priority} least={-1000} most={1000} />
            <CountField label="Attempts" name="max_attempts" value={asked.max_attempts} least={1} most={100} />
            <CountField
              label="Time limit in minutes"
              name="timeout_minutes"
              value={asked.timeout_ms === undefined ? undefined : asked.timeout_ms / 60_000}
              least={0}
              hint="None"
              any
            />
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
