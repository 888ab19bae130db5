import { type Column, columnOf, type Order } from "./columns.ts";
import { datasetsOf, type MetricCell, metricRow, ownTags, tagOf } from "./compare.ts";
import type { KeyValue, Run } from "./entities.ts";
import { duration, type NumberStyle, numberStyle } from "./format.ts";
import { compareMetricNames, compareNames, type Direction, directionOf } from "./metric_names.ts";

/** Which columns the table of runs has and what stands in them. Cells are in the order of the runs. */
export interface RunsView {
  metrics: MetricColumn[];
  params: TextColumn[];
  tags: TextColumn[];
  /** What is known of the run itself: duration, user, source, commit, dataset. */
  facts: FactColumn[];
  /** Every key that these runs have, for the picker and for "4 of 14". */
  known: { metrics: string[]; params: string[]; tags: string[] };
  /** The params of which these runs have more than one value. */
  differing: Set<string>;
}

export interface MetricColumn {
  key: string;
  direction: Direction;
  style: NumberStyle;
  cells: (MetricCell | undefined)[];
}

export interface TextColumn {
  key: string;
  /** All values are numbers: set to the right. */
  numeric: boolean;
  /** The value that at least 60 % of the runs that have one share. */
  usual: string | undefined;
  cells: (string | undefined)[];
}

export const factKeys = ["duration", "user_id", "source", "commit", "dataset", "models"] as const;
export type FactKey = (typeof factKeys)[number];
export interface FactColumn extends TextColumn {
  key: FactKey;
}

/** A model that a run made: a version of a registered one, or one that was only logged. */
export interface RunModel {
  name: string;
  /** Of a registered model. */
  version?: string;
}

/** "churn v3", or the name of a logged model. */
export const modelText = ({ name, version }: RunModel): string => version === undefined ? name : `${name} v${version}`;

export interface RunsViewOptions {
  /** Names of columns that the reader chose; none: chosen here. */
  columns?: readonly string[];
  /** Of the chosen params only those that differ. Always so where the columns are chosen here. */
  differ?: boolean;
  /** A column that the runs are ordered by is always there. */
  order?: Order | undefined;
  /** For the duration of runs that have not ended; ms since the epoch. */
  now: number;
  /** The models of each run, by run id. */
  models?: ReadonlyMap<string, readonly RunModel[]>;
  /** Directions that the reader set, by metric, instead of the guess from the name. */
  directions?: ReadonlyMap<string, Direction>;
}

/** As many as fit beside the name at 1440 px. */
const chosenMetrics = 4,
  chosenParams = 5,
  chosenFacts: readonly FactKey[] = ["duration", "user_id", "dataset", "models"];
const usualShare = 0.6;
const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^(nan|-?inf(inity)?)$/i;

/** The value that at least 60 % of those that are there share, when at least two are there. */
export function usualOf(values: readonly (string | undefined)[]): string | undefined {
  const there = values.filter((value) => value !== undefined);
  const counts = new Map<string, number>();
  for (const value of there) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [usual] = [...counts].find(([, count]) => count >= usualShare * there.length) ?? [];
  return there.length < 2 ? undefined : usual;
}

/** One fact of a run as text; undefined where it is not known. */
export function factOf(
  run: Run,
  key: FactKey,
  now: number,
  models?: RunsViewOptions["models"],
): string | undefined {
  const { start_time, end_time, user_id, status } = run.info;
  switch (key) {
    case "duration": {
      const end = end_time ?? (status === "RUNNING" ? now : undefined);
      return end === undefined || start_time === 0 ? undefined : duration(end - start_time);
    }
    case "user_id":
      return tagOf(run, "mlflow.user") ?? (user_id === "" ? undefined : user_id);
    case "source":
      return tagOf(run, "mlflow.source.name")?.split("/").findLast((part) => part !== "");
    case "commit":
      return tagOf(run, "mlflow.source.git.commit")?.slice(0, 7);
    case "dataset":
      return datasetsOf(run).map(({ name }) => name).filter((name, i, all) => all.indexOf(name) === i).join(", ") ||
        undefined;
    case "models":
      return models?.get(run.info.run_id)?.map(modelText).join(", ");
  }
}

/** The view of these runs (one page of them). */
export function viewRuns(runs: readonly Run[], options: RunsViewOptions): RunsView {
  const metrics = runs.map((run) => new Map(run.data.metrics?.map(({ key, value }) => [key, value])));
  const params = runs.map((run) => mapOf(run.data.params ?? []));
  const tags = runs.map((run) => mapOf(ownTags(run)));
  const known = {
    metrics: keysOf(metrics, compareMetricNames),
    params: keysOf(params, compareNames),
    tags: keysOf(tags, compareNames),
  };
  const differing = new Set(known.params.filter((key) => valuesOf(params, key).size > 1));
  const picked = pickColumns({ metrics, params, known, differing }, options);
  const facts = picked.facts.map((key) => ({
    ...textColumn(key, runs.map((run) => factOf(run, key, options.now, options.models))),
    key,
  }));
  return {
    metrics: picked.metrics.map((key) => metricColumn(key, metrics.map((map) => map.get(key)), options)),
    params: picked.params.map((key) => textColumn(key, params.map((map) => map.get(key)))),
    tags: picked.tags.map((key) => textColumn(key, tags.map((map) => map.get(key)))),
    facts: facts.filter(({ cells }) => cells.some((cell) => cell !== undefined)),
    known,
    differing,
  };
}

type Values<Value> = readonly ReadonlyMap<string, Value>[];
type Picked = { metrics: string[]; params: string[]; tags: string[]; facts: FactKey[] };
type Page = Pick<RunsView, "known" | "differing"> & { metrics: Values<number>; params: Values<string> };

function pickColumns(page: Page, { columns = [], differ = false, order }: RunsViewOptions): Picked {
  const told = columns.map(columnOf).filter((column) => column !== undefined);
  const picked = told.length === 0 ? pickForReader(page) : pickAsTold(told);
  if (differ && told.length > 0) picked.params = picked.params.filter((key) => page.differing.has(key));
  const { kind, key } = order?.column ?? {};
  if (key !== undefined && kind !== undefined && kind !== "attributes" && !picked[kind].includes(key)) {
    picked[kind].unshift(key);
  }
  return picked;
}

function pickAsTold(told: readonly Column[]): Picked {
  const keys = (kind: string) => [...new Set(told.filter((column) => column.kind === kind).map(({ key }) => key))];
  return {
    metrics: keys("metrics"),
    params: keys("params"),
    tags: keys("tags"),
    facts: keys("attributes").flatMap((key) => factKeys.find((known) => known === key) ?? []),
  };
}

/** Metrics that say how good a run is, of held-out data first; params that differ, those first that sort the runs into groups rather than number them. */
function pickForReader({ metrics, params, known, differing }: Page): Picked {
  const own = known.metrics.filter((key) => !key.startsWith("system/"));
  const candidates = params.length < 2 ? known.params : known.params.filter((key) => differing.has(key));
  const burden = (key: string): number => {
    const values = valuesOf(params, key);
    const long = [...values].some((value) => value.length > 24);
    const numbering = values.size > 4 && values.size === params.filter((map) => map.has(key)).length;
    return rare(params, key) + (long ? 2 : 0) + (numbering ? 1 : 0);
  };
  return {
    metrics: leastFirst(own, (key) => rare(metrics, key) + (directionOf(key) === "unknown" ? 1 : 0)).slice(
      0,
      chosenMetrics,
    ),
    params: leastFirst(candidates, burden).slice(0, chosenParams),
    tags: [],
    facts: [...chosenFacts],
  };
}

function valuesOf(each: Values<string>, key: string): Set<string> {
  return new Set(each.map((map) => map.get(key)).filter((value) => value !== undefined));
}

/** 0 where at least half of the runs have the key, otherwise 4: columns with holes come after all others. */
function rare(values: Values<unknown>, key: string): number {
  return values.filter((map) => map.has(key)).length * 2 >= values.length ? 0 : 4;
}

function leastFirst(keys: readonly string[], burden: (key: string) => number): string[] {
  const burdens = new Map(keys.map((key) => [key, burden(key)]));
  return keys.toSorted((a, b) => (burdens.get(a) ?? 0) - (burdens.get(b) ?? 0));
}

function metricColumn(key: string, values: (number | undefined)[], { directions }: RunsViewOptions): MetricColumn {
  const { direction, cells } = metricRow(key, values, -1, directions?.get(key) ?? directionOf(key));
  return { key, direction, cells, style: numberStyle(values.filter((value) => value !== undefined)) };
}

function textColumn(key: string, cells: (string | undefined)[]): TextColumn {
  const there = cells.filter((cell) => cell !== undefined);
  return {
    key,
    cells,
    usual: usualOf(cells),
    numeric: there.length > 0 && there.every((cell) => numberText.test(cell)),
  };
}

const mapOf = (pairs: readonly KeyValue[]): Map<string, string> => new Map(pairs.map(({ key, value }) => [key, value]));

function keysOf(each: Values<unknown>, order: (a: string, b: string) => number): string[] {
  return [...new Set(each.flatMap((map) => [...map.keys()]))].sort(order);
}
