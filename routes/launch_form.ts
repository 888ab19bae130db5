import type { z } from "zod";
import { getJob } from "../db/jobs.ts";
import { getLook } from "../db/project_looks.ts";
import type { Sql } from "../db/sql.ts";
import { getSweep } from "../db/sweeps.ts";
import type { KeyValue } from "../domain/entities.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { backendForms, optionField, optionFields } from "../domain/projects/backend_options.ts";
import type { AskedLook } from "../domain/projects/look.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import { SubmitJob } from "../wire/jobs.ts";
import { parseMessage } from "../wire/message.ts";
import type { LaunchForm } from "../wire/pages_projects.ts";

/** What the form that runs a project says, as the API is asked. INVALID_PARAMETER_VALUE names the field that is none. */
export function askedIn(fields: LaunchForm): z.output<typeof SubmitJob> {
  const { look: _look, job: _job, sweep: _sweep, param_name: _name, param_value: _value, ...form } = fields;
  const { parameters: _lines, backend_config: _config, docker_args, labels, timeout_minutes, ...rest } = form;
  const given = Object.entries(rest).filter(([field, value]) => value !== "" && !optionFields.includes(field));
  return parseMessage(SubmitJob, {
    ...Object.fromEntries(given),
    parameters: parametersIn(fields),
    docker_args: pairsIn("docker_args", docker_args, true),
    labels: labels.split(/[\s,]+/).filter(Boolean),
    backend_config: configIn(fields),
    ...(timeout_minutes.trim() !== "" && { timeout_ms: minutesIn(timeout_minutes) }),
  });
}

/** Those with fields of their own, and those of the lines. */
function parametersIn({ param_name, param_value, parameters }: LaunchForm): KeyValue[] {
  const own = param_name.map((key, index) => ({ key, value: param_value[index] ?? "" }));
  return [...own.filter(({ value }) => value !== ""), ...pairsIn("parameters", parameters, false)];
}

/** `flags`: a name alone is one with an empty value. */
const pairsIn = (field: string, text: string, flags: boolean): KeyValue[] =>
  text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const at = line.indexOf("=");
    const key = (at < 0 && flags ? line : line.slice(0, Math.max(0, at))).trim();
    if (key !== "") return { key, value: at < 0 ? "" : line.slice(at + 1) };
    throw invalid(
      `Invalid value for parameter '${field}' supplied: expected lines such as alpha=0.5, got ${JSON.stringify(line)}.`,
    );
  });

/** What the JSON says, and the fields of the chosen backend before it. */
function configIn(fields: LaunchForm & Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options = backendForms.find(({ name }) => name === (fields.backend || "local"))?.options ?? [];
  const own = options.flatMap(({ key, text, number }): [string, unknown][] => {
    const value = String(fields[optionField(fields.backend, key)] ?? "").trim();
    if (value === "") return [];
    if (!number) return [[key, value]];
    if (/^\d{1,15}$/.test(value)) return [[key, Number(value)]];
    throw invalid(
      `Invalid value for parameter '${optionField(fields.backend, key)}' supplied: ${text} must be a whole number.`,
    );
  });
  return { ...objectIn(fields.backend_config), ...Object.fromEntries(own) };
}

function objectIn(text: string): object {
  const wrong = () => invalid("Invalid value for parameter 'backend_config' supplied: it must be an object in JSON.");
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw wrong();
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && Number.isFinite(minutes)) return Math.ceil(minutes * 60_000);
  throw invalid("Invalid value for parameter 'timeout_minutes' supplied: it must be a number of minutes.");
}

/**
 * The form with the credentials of its address, which no page shows. INVALID_PARAMETER_VALUE when a parameter has no value that needs
 * one, of those that are not `searched`.
 */
export async function completed<Form extends LaunchForm>(
  sql: Sql,
  form: Form,
  searched: readonly string[] = [],
): Promise<Form> {
  const look = form.look === "" ? undefined : await unlessGone(getLook(sql, form.look));
  if (look) checkGiven(look, form, searched);
  const uris = [look?.uri, ...await urisOf(sql, form)];
  return { ...form, uri: uris.find((uri) => uri !== undefined && withoutCredentials(uri) === form.uri) ?? form.uri };
}

/** The addresses, with credentials, of what a form was filled in from. */
export async function urisOf(sql: Sql, { job, sweep }: { job: string; sweep: string }): Promise<string[]> {
  const [known, searching] = await Promise.all([
    job === "" ? undefined : unlessGone(getJob(sql, job)),
    sweep === "" ? undefined : unlessGone(getSweep(sql, sweep)),
  ]);
  return [known?.spec.uri, searching?.asked.uri].filter((uri) => uri !== undefined);
}

function checkGiven({ found }: AskedLook, form: LaunchForm, searched: readonly string[]): void {
  const entry = found?.entry_points.find(({ name }) => name === (form.entry_point || "main"));
  const given = new Set([...searched, ...parametersIn(form).map(({ key }) => key)]);
  const missing = entry?.parameters.find((one) => one.default === undefined && !given.has(one.key));
  if (missing) throw invalid(`No value given for missing parameters: '${missing.key}'`);
}

/** Undefined for what is not there any more. */
const unlessGone = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error) => {
    if (error instanceof ApiError && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  });
