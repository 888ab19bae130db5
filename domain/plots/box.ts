import { compareNames } from "../metric_names.ts";
import { hasPlace, type NumberColumn, type PlotColumn } from "./columns.ts";

/** A group of runs in five numbers. Source: Tukey, Exploratory Data Analysis (1977). */
export interface Box {
  count: number;
  mean: number;
  /** Standard deviation of a sample; 0 of one value. */
  std: number;
  /** Quartiles; between two values on the straight line between them (R's type 7, NumPy's usual). */
  lower: number;
  median: number;
  upper: number;
  /** The farthest values within one and a half box lengths from the box. */
  from: number;
  to: number;
  /** Indexes, in the given values, of those beyond the whiskers. */
  outliers: number[];
}

/** The value below which a share of sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}

export function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

/** The box of finite values; undefined of none. */
export function boxOf(values: readonly number[]): Box | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, median, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const reach = 1.5 * (upper - lower);
  const within = (value: number): boolean => value >= lower - reach && value <= upper + reach;
  const near = sorted.filter(within);
  return {
    count: values.length,
    ...meanAndStd(values),
    lower,
    median,
    upper,
    from: Math.min(lower, near[0] ?? lower),
    to: Math.max(upper, near.at(-1) ?? upper),
    outliers: values.flatMap((value, i) => within(value) ? [] : [i]),
  };
}

/** Runs with the same value of a field. */
export interface RunGroup {
  /** What they share, in words; undefined for those that have none. */
  text: string | undefined;
  /** Indexes of runs that have a value with a place in `of`. */
  runs: number[];
  values: number[];
  box: Box;
}

/** The values of a column by the values of another; groups by name, digits as numbers, those without one last. */
export function groupsOf(by: PlotColumn, of: NumberColumn): RunGroup[] {
  const rows = of.cells.flatMap((value, i) => value !== undefined && hasPlace(value) ? [{ value, i }] : []);
  const grouped = Map.groupBy(rows, ({ i }) => by.cells[i] === undefined ? undefined : String(by.cells[i]));
  return [...grouped].flatMap(([text, members]) => {
    const values = members.map(({ value }) => value);
    const box = boxOf(values);
    return box === undefined ? [] : [{ text, runs: members.map(({ i }) => i), values, box }];
  }).sort((a, b) => a.text === undefined ? 1 : b.text === undefined ? -1 : compareNames(a.text, b.text));
}
