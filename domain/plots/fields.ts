import type { Run } from "../entities.ts";
import { datasetsOf, ownTags } from "../compare.ts";
import { compareMetricNames, compareNames } from "../metric_names.ts";
import { factOf } from "../runs_view.ts";

/**
 * What a plot can have on an axis: the latest, least or greatest value of a metric, a param, a tag, or what is known of the run itself.
 * Named as columns are: `metrics.val/loss`, `min.val/loss`, `params.lr`, `tags.team`, `attributes.duration`.
 */
export const plotFieldKinds = ["metrics", "min", "max", "params", "tags", "attributes"] as const;
export interface PlotField {
  kind: (typeof plotFieldKinds)[number];
  key: string;
}

export const plotFacts = [
  "run_name",
  "status",
  "start_time",
  "duration",
  "user_id",
  "source",
  "commit",
  "dataset",
] as const;
export type PlotFact = (typeof plotFacts)[number];

export const fieldName = ({ kind, key }: PlotField): string => `${kind}.${key}`;

/** The field of a name; undefined when the text is none. A key may hold dots. */
export function fieldOf(name: string): PlotField | undefined {
  const dot = name.indexOf(".");
  const kind = plotFieldKinds.find((known) => known === name.slice(0, dot));
  const key = name.slice(dot + 1);
  if (kind === undefined || key === "") return undefined;
  return kind === "attributes" && !plotFacts.some((fact) => fact === key) ? undefined : { kind, key };
}

const factLabels: Record<PlotFact, string> = {
  run_name: "run",
  status: "status",
  start_time: "started",
  duration: "duration",
  user_id: "user",
  source: "source",
  commit: "commit",
  dataset: "dataset",
};
export const factLabel = (key: string): string => factLabels[plotFacts.find((fact) => fact === key) ?? "run_name"];

/** What an axis is called: the key, with what is meant of a metric where it is not its latest value. */
export function fieldLabel({ kind, key }: PlotField): string {
  if (kind === "attributes") return factLabel(key);
  return kind === "min" ? `least ${key}` : kind === "max" ? `greatest ${key}` : key;
}

export const isMetricField = ({ kind }: PlotField): boolean => kind === "metrics" || kind === "min" || kind === "max";

/** The least and greatest finite values that runs logged of a metric: by run id, then by metric. */
export type Extremes = ReadonlyMap<string, ReadonlyMap<string, { min: number; max: number }>>;

export interface ValueOptions {
  /** For the duration of runs that have not ended; ms since the epoch. */
  now: number;
  /** Of the metrics that `min` and `max` are asked of; without it these fields have no values. */
  extremes?: Extremes | undefined;
}

const indexes = new WeakMap<readonly object[], ReadonlyMap<string, number>>();

/** The value of a key among a run's pairs. Where each key stands is kept as long as they are: a page asks for every param of every run. */
function valueIn<Value>(pairs: readonly { key: string; value: Value }[] = [], key: string): Value | undefined {
  const index = indexes.get(pairs) ?? new Map(pairs.map((pair, i) => [pair.key, i]));
  indexes.set(pairs, index);
  return pairs[index.get(key) ?? -1]?.value;
}

/** What the runs have of a field, in their order: numbers of metrics and times (ms), text otherwise; undefined where there is none. */
export function rawValues(
  runs: readonly Run[],
  { kind, key }: PlotField,
  { now, extremes }: ValueOptions,
): (number | string | undefined)[] {
  switch (kind) {
    case "metrics":
      return runs.map((run) => valueIn(run.data.metrics, key));
    case "min":
    case "max":
      return runs.map((run) => extremes?.get(run.info.run_id)?.get(key)?.[kind]);
    case "params":
      return runs.map((run) => valueIn(run.data.params, key));
    case "tags":
      return runs.map((run) => valueIn(run.data.tags, key));
    case "attributes":
      return runs.map((run) => factValue(run, key, now));
  }
}

function factValue(run: Run, key: string, now: number): number | string | undefined {
  const { run_name, status, start_time, end_time } = run.info;
  switch (key) {
    case "run_name":
      return run_name;
    case "status":
      return status.toLowerCase();
    case "start_time":
      return start_time > 0 ? start_time : undefined;
    case "duration": {
      const end = end_time ?? (status === "RUNNING" ? now : undefined);
      return end === undefined || start_time === 0 ? undefined : Math.max(0, end - start_time);
    }
    case "user_id":
    case "source":
    case "commit":
      return factOf(run, key, now);
    default:
      return datasetsOf(run).map(({ name }) => name).join(", ") || undefined;
  }
}

/** Every field that tells these runs apart, for the reader to choose from: of params, tags and facts those with two values or more. */
export interface KnownFields {
  metrics: string[];
  params: string[];
  tags: string[];
  facts: PlotFact[];
}

function keysOf(pairs: readonly (readonly { key: string; value: unknown }[])[], least: number): string[] {
  const values = new Map<string, Set<unknown>>();
  const holders = new Map<string, number>();
  for (const { key, value } of pairs.flat()) {
    const seen = values.get(key) ?? new Set();
    if (seen.size < 2) seen.add(value);
    values.set(key, seen);
    holders.set(key, (holders.get(key) ?? 0) + 1);
  }
  // Being there in some runs only tells them apart, too.
  return [...values].filter(([key, seen]) => seen.size >= least || (holders.get(key) ?? 0) < pairs.length)
    .map(([key]) => key);
}

export function knownFields(runs: readonly Run[], now: number): KnownFields {
  const differing = (key: PlotFact): boolean =>
    new Set(runs.map((run) => factValue(run, key, now)).filter((value) => value !== undefined)).size > 1;
  return {
    metrics: keysOf(runs.map((run) => run.data.metrics ?? []), 1).sort(compareMetricNames),
    params: keysOf(runs.map((run) => run.data.params ?? []), 2).sort(compareNames),
    tags: keysOf(runs.map(ownTags), 2).sort(compareNames),
    facts: plotFacts.filter((key) => key !== "run_name" && differing(key)),
  };
}
