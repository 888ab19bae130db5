import type { z } from "zod";
import type { AskedJob } from "../domain/jobs.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import { plainCron, type Schedule, type ScheduleTerms } from "../domain/schedules.ts";
import { parametersText } from "../views/schedule_form.tsx";
import { parseMessage } from "../wire/message.ts";
import { LaunchForm } from "../wire/pages_projects.ts";
import type { EditScheduleForm, ScheduleForm } from "../wire/pages_schedules.ts";
import type { CreateSchedule } from "../wire/schedules.ts";
import { askedIn } from "./launch_form.ts";

/** What the form that makes a schedule says, as the API is asked. INVALID_PARAMETER_VALUE names the field that is none. */
export function scheduleIn(fields: ScheduleForm): z.output<typeof CreateSchedule> {
  const { schedule_name, cron, time_zone, overlap, ...launch } = fields;
  const asked = askedIn(launch);
  return {
    ...asked,
    name: schedule_name || titleOf(asked),
    cron,
    ...{ time_zone: time_zone || "UTC", overlap, paused: false },
  };
}

/** The last part of a project's address, with the entry point unless that is `main`. */
function titleOf({ uri, entry_point }: Pick<AskedJob, "uri" | "entry_point">): string {
  const parts = withoutCredentials(uri).replace(/(\.git)?\/*$/, "").split(/[/#]/);
  const last = parts.findLast(Boolean) ?? "project";
  return (entry_point === "main" ? last : `${last} ${entry_point}`).slice(0, 200).toWellFormed();
}

/** A schedule's terms as the form that changes it says. What that does not hold, or shows in another way, stays. */
export function editedTerms(schedule: Schedule, fields: EditScheduleForm): ScheduleTerms {
  const { schedule_id: _, schedule_name, cron, time_zone, overlap, ...launch } = fields;
  const { version: _version, timeout_ms: _timeout, ...kept } = schedule.asked;
  const sameUri = fields.uri === withoutCredentials(kept.uri);
  const sameParameters = fields.parameters === parametersText(kept.parameters);
  const said = askedIn(parseMessage(LaunchForm, { ...launch, ...(sameParameters && { parameters: "" }) }));
  const { uri, version, entry_point, parameters, run_name, labels, priority, max_attempts, timeout_ms } = said;
  return {
    name: schedule_name || schedule.name,
    asked: {
      ...kept,
      uri: sameUri ? kept.uri : uri,
      parameters: sameParameters ? kept.parameters : parameters,
      ...{ entry_point, run_name, labels, priority, max_attempts },
      ...(version !== undefined && { version }),
      ...(timeout_ms !== undefined && { timeout_ms }),
    },
    experiment_id: schedule.experiment_id,
    cron: plainCron(cron),
    time_zone: time_zone || "UTC",
    overlap,
    paused: schedule.paused,
  };
}
