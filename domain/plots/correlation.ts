import { hasPlace, type NumberColumn, type PlotColumn } from "./columns.ts";

/**
 * How two columns go together. `rank`: Spearman's ρ of two numbers, −1 to 1. `groups`: the correlation ratio η of a category and a
 * number, 0 to 1 (the root of the share of the variance of ranks that lies between the groups): it has no direction.
 */
export interface Correlation {
  kind: "rank" | "groups";
  value: number;
  /** Runs that have both. */
  runs: number;
}

/** 1 for the least; those that are equal share the middle of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i <= to; i++) ranks[order[i] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function pearson(xs: readonly number[], ys: readonly number[]): number {
  const [meanX, meanY] = [meanOf(xs), meanOf(ys)];
  let [together, ownX, ownY] = [0, 0, 0];
  for (const [i, x] of xs.entries()) {
    const y = ys[i] ?? 0;
    together += (x - meanX) * (y - meanY);
    ownX += (x - meanX) ** 2;
    ownY += (y - meanY) ** 2;
  }
  return together / Math.sqrt(ownX * ownY);
}

function ratio(groups: readonly string[], values: readonly number[]): number {
  const mean = meanOf(values);
  const members = Map.groupBy(values.entries(), ([i]) => groups[i]);
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const between = [...members.values()].reduce((sum, group) => {
    const own = group.map(([, value]) => value);
    return sum + own.length * (meanOf(own) - mean) ** 2;
  }, 0);
  return Math.sqrt(between / total);
}

const leastRuns = 3;

/** Undefined where fewer than three runs have both, where either is the same in all of them, or where each run is a group of its own. */
export function correlationOf(param: PlotColumn, metric: NumberColumn): Correlation | undefined {
  const rows = metric.cells.flatMap((y, i) => {
    const x = param.cells[i];
    if (x === undefined || y === undefined || !hasPlace(y)) return [];
    return typeof x === "number" && !hasPlace(x) ? [] : [{ x, y }];
  });
  const distinct = new Set(rows.map(({ x }) => x)).size;
  if (rows.length < leastRuns || distinct < 2) return undefined;
  const ys = ranksOf(rows.map(({ y }) => y));
  if (new Set(ys).size < 2) return undefined;
  if (param.kind === "number") {
    return { kind: "rank", value: pearson(ranksOf(rows.map(({ x }) => Number(x))), ys), runs: rows.length };
  }
  if (distinct === rows.length) return undefined;
  return { kind: "groups", value: ratio(rows.map(({ x }) => String(x)), ys), runs: rows.length };
}
