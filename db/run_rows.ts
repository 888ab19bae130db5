import type { DatasetInput, LifecycleStage, Metric, Run, RunInfo, RunStatus } from "../domain/entities.ts";
import type { Int64 } from "../domain/int64.ts";
import { parseJson } from "../domain/json.ts";
import type { Sql } from "./sql.ts";
import { toPairs } from "./tags.ts";

/** A row of weir.runs. */
export interface RunRow {
  run: number;
  run_id: string;
  experiment_id: number;
  run_name: string;
  user_id: string;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
  artifact_uri: string;
  lifecycle_stage: LifecycleStage;
  params: Record<string, string>;
  tags: Record<string, string>;
}

export function toRunInfo(row: RunRow): RunInfo {
  return {
    run_id: row.run_id,
    run_uuid: row.run_id,
    run_name: row.run_name,
    experiment_id: String(row.experiment_id),
    user_id: row.user_id,
    status: row.status,
    start_time: row.start_time,
    ...(row.end_time !== null && { end_time: row.end_time }),
    artifact_uri: row.artifact_uri,
    lifecycle_stage: row.lifecycle_stage,
  };
}

/** A run that has no metrics, inputs and outputs: one that was just made. */
export function toRun(row: RunRow): Run {
  const params = toPairs(row.params);
  const tags = toPairs(row.tags);
  return {
    info: toRunInfo(row),
    data: { ...(params.length > 0 && { params }), ...(tags.length > 0 && { tags }) },
    inputs: {},
  };
}

/** What stands in other tables, for one run. */
interface Attached {
  metrics: Metric[];
  dataset_inputs: DatasetInput[];
  model_inputs: { model_id: string }[];
  model_outputs: { model_id: string; step: number }[];
}

/**
 * Runs with everything, in the order of their rows. Metrics, params and tags are sorted by key. Postgres is asked for one short
 * text of points a run and everything else is put together here: letting it build the JSON was tried and takes five times as
 * long, sending a row a point half as long again.
 */
export async function hydrateRuns(sql: Sql, rows: readonly RunRow[]): Promise<Run[]> {
  if (rows.length === 0) return [];
  const attached = await attachments(sql, rows.map(({ run }) => run));
  return rows.map((row) => {
    const { info, data } = toRun(row);
    const { metrics = [], dataset_inputs = [], model_inputs = [], model_outputs = [] } = attached.get(row.run) ?? {};
    return {
      info,
      data: { ...(metrics.length > 0 && { metrics }), ...data },
      inputs: {
        ...(dataset_inputs.length > 0 && { dataset_inputs }),
        ...(model_inputs.length > 0 && { model_inputs }),
      },
      outputs: model_outputs.length > 0 ? { model_outputs } : {},
    };
  });
}

/** The runs with these numbers that still exist, with everything, in this order. */
export async function runsByNumber(sql: Sql, numbers: readonly number[]): Promise<Run[]> {
  if (numbers.length === 0) return [];
  const rows = await sql<RunRow[]>`select * from weir.runs where run = any(${[...numbers]}::bigint[])`;
  const byNumber = new Map(rows.map((row) => [row.run, row]));
  return await hydrateRuns(sql, numbers.flatMap((number) => byNumber.get(number) ?? []));
}

async function attachments(sql: Sql, runs: number[]): Promise<Map<number, Partial<Attached>>> {
  const attached = new Map<number, Partial<Attached>>();
  const of = (run: number): Partial<Attached> => attached.get(run) ?? attached.set(run, {}).get(run) ?? {};
  const [points, links] = await Promise.all([latestPoints(sql, runs), linksOf(sql, runs)]);
  for (const [run, metrics] of points) of(run).metrics = metrics;
  for (const { run, input, model_id, step } of links) {
    if (input !== undefined) (of(run).dataset_inputs ??= []).push(input);
    else if (model_id !== null && step === null) (of(run).model_inputs ??= []).push({ model_id });
    else if (model_id !== null && step !== null) (of(run).model_outputs ??= []).push({ model_id, step });
  }
  return attached;
}

/** The latest points of each run. A run's numbers travel as one text: "key,value,step,timestamp,key,value,...". */
async function latestPoints(sql: Sql, runs: number[]): Promise<[run: number, metrics: Metric[]][]> {
  const rows = await sql<{ run: number; points: string }[]>`
    select run, string_agg(concat_ws(',', key, value, step, timestamp), ',') as points
    from weir.latest_metrics where run = any(${runs}::bigint[]) group by run`;
  const perRun = rows.map(({ run, points }) => [run, numbersIn(points)] as const);
  const keys = new Set<number>();
  for (const [, numbers] of perRun) for (let at = 0; at < numbers.length; at += 4) keys.add(Number(numbers[at]));
  const names = await metricNames(sql, [...keys]);
  return perRun.map(([run, numbers]) => [run, toMetrics(numbers, names)]);
}

/** Only NaN and infinities are no JSON; they come out as strings. */
function numbersIn(points: string): Int64[] {
  const list = parseJson(`[${points}]`);
  if (!Array.isArray(list)) return [];
  if (list.every((one) => Number.isSafeInteger(one) || typeof one === "number" && !Number.isInteger(one))) return list;
  const exact = parseJson(`[${points}]`, true);
  return Array.isArray(exact) ? exact.map((one) => typeof one === "string" ? Number(one) : one) : [];
}

function toMetrics(numbers: readonly Int64[], names: ReadonlyMap<number, string>): Metric[] {
  const metrics: Metric[] = [];
  for (let at = 0; at < numbers.length; at += 4) {
    metrics.push({
      key: names.get(Number(numbers[at])) ?? "",
      value: Number(numbers[at + 1]),
      timestamp: numbers[at + 3] ?? 0,
      step: numbers[at + 2] ?? 0,
    });
  }
  return metrics.sort((a, b) => a.key < b.key ? -1 : 1);
}

async function metricNames(sql: Sql, keys: number[]): Promise<ReadonlyMap<number, string>> {
  if (keys.length === 0) return new Map();
  const rows = await sql<{ key: number; name: string }[]>`
    select key, name from weir.metric_keys where key = any(${keys}::int[])`;
  return new Map(rows.map(({ key, name }) => [key, name]));
}

interface Link {
  run: number;
  dataset: number | null;
  tags: Record<string, string> | null;
  model_id: string | null;
  /** Null for a model that went in. */
  step: number | null;
}

async function linksOf(sql: Sql, runs: number[]): Promise<(Link & { input?: DatasetInput })[]> {
  const links = await sql<Link[]>`
    select run, dataset, tags, null as model_id, null::bigint as step from weir.dataset_inputs where run = any(${runs}::bigint[])
    union all
    select run, null, null, model_id, null from weir.model_inputs where run = any(${runs}::bigint[])
    union all
    (select run, null, null, model_id, step from weir.model_outputs where run = any(${runs}::bigint[]) order by seq)`;
  const datasets = new Set(links.flatMap(({ dataset }) => dataset ?? []));
  if (datasets.size === 0) return links;
  const inputs = await datasetsByNumber(sql, [...datasets]);
  return links.map((link) => {
    const dataset = link.dataset === null ? undefined : inputs.get(link.dataset);
    if (dataset === undefined) return link;
    const tags = toPairs(link.tags ?? {});
    return { ...link, input: { ...(tags.length > 0 && { tags }), dataset } };
  });
}

/** Each dataset is fetched once, however many runs of a page used it: schemas and profiles can be long. */
async function datasetsByNumber(sql: Sql, numbers: number[]): Promise<Map<number, DatasetInput["dataset"]>> {
  const rows = await sql<
    {
      number: number;
      name: string;
      digest: string;
      source_type: string;
      source: string;
      schema: string | null;
      profile: string | null;
    }[]
  >`
    select dataset as number, name, digest, source_type, source, schema, profile
    from weir.datasets where dataset = any(${numbers}::bigint[])`;
  return new Map(rows.map(({ number, schema, profile, ...dataset }) => [
    number,
    { ...dataset, ...(schema !== null && { schema }), ...(profile !== null && { profile }) },
  ]));
}
