import type { z } from "zod";
import { invalid } from "../domain/errors.ts";
import { SubmitJob } from "../wire/jobs.ts";
import { parseMessage } from "../wire/message.ts";
import type { LaunchForm } from "../wire/pages_projects.ts";

/** What the form that runs a project says, as the API is asked. INVALID_PARAMETER_VALUE names the field that is none. */
export function askedIn(fields: LaunchForm): z.output<typeof SubmitJob> {
  const { parameters, backend_config, labels, timeout_minutes, ...rest } = fields;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
  return parseMessage(SubmitJob, {
    ...given,
    parameters: parametersIn(parameters),
    labels: labels.split(/[\s,]+/).filter(Boolean),
    ...(backend_config.trim() !== "" && { backend_config: configIn(backend_config) }),
    ...(timeout_minutes.trim() !== "" && { timeout_ms: minutesIn(timeout_minutes) }),
  });
}

const parametersIn = (text: string): { key: string; value: string }[] =>
  text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const at = line.indexOf("=");
    const key = line.slice(0, at).trim();
    if (at > 0 && key !== "") return { key, value: line.slice(at + 1) };
    throw invalid(
      `Invalid value for parameter 'parameters' supplied: expected lines such as alpha=0.5, got ${
        JSON.stringify(line)
      }.`,
    );
  });

function configIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("Invalid value for parameter 'backend_config' supplied: it must be an object in JSON.");
  }
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return Math.ceil(minutes * 60_000);
  throw invalid("Invalid value for parameter 'timeout_minutes' supplied: it must be a number of minutes.");
}
