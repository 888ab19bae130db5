import { hasPlace, type NumberColumn, type PlotColumn } from "./columns.ts";
import { type Correlation, correlationOf, ranksOf } from "./correlation.ts";
import { type Feature, growForest, mostBins } from "./forest.ts";

/** Below so many runs nothing is said: trees of a handful of runs find patterns in noise. */
export const leastImportanceRuns = 10;
/** A forest that explains less of runs it has not seen than this says nothing about its params. */
const leastExplained = 0.05;
/** Of more params the forest, which takes time for each, gets those that alone tell most. */
export const mostParams = 60;

export interface ParamImportance {
  /** Params that part the runs in the same way (`lr`, `learning_rate`) cannot be told apart and stand together. */
  params: PlotColumn[];
  /** Share of what the forest finds, 0 to 1; undefined where the forest cannot tell. */
  share: number | undefined;
  correlation: Correlation | undefined;
}

/** Which params lead to a metric, the most important first. */
export interface Importance {
  /** What the forest can say: nothing with too few runs, nothing when it explains next to nothing. */
  verdict: "told" | "too few runs" | "unexplained";
  /** Runs that have a finite value of the metric. */
  runs: number;
  /** Share of the differences between runs that it had not seen, by rank, that the forest explains: up to 1. */
  explained: number;
  params: ParamImportance[];
  /** Params beyond `mostParams`. */
  left_out: number;
}

/** The bins of a param: a number's by size, with its missing, NaN and infinite values apart; a word's by how frequent it is. */
export function featureOf(column: PlotColumn, rows: readonly number[]): Feature {
  const cells = rows.map((row) => column.cells[row]);
  if (column.kind === "number") {
    const values = [...new Set(cells.filter((cell) => typeof cell === "number").filter(hasPlace))].sort((a, b) =>
      a - b
    );
    const odd = 1; // bin 0: no number
    const bins = Math.min(mostBins - odd, values.length);
    const at = new Map(values.map((value, i) => [value, odd + Math.floor(i * bins / values.length)]));
    const codes = Uint8Array.from(cells, (cell) => typeof cell === "number" ? at.get(cell) ?? 0 : 0);
    return { codes, bins: bins + odd, ordered: true };
  }
  const counts = new Map<string | number | undefined, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([cell]) => cell);
  const at = new Map(frequent.map((cell, i) => [cell, Math.min(i, mostBins - 1)]));
  const codes = Uint8Array.from(cells, (cell) => at.get(cell) ?? 0);
  return { codes, bins: Math.min(mostBins, frequent.length), ordered: false };
}

/** How a feature parts the rows, whatever its bins are called. */
function partition({ codes }: Feature): string {
  const names = new Map<number, number>();
  return codes.reduce((text, code) => {
    const name = names.get(code) ?? names.size;
    names.set(code, name);
    return text + String.fromCharCode(48 + name);
  }, "");
}

const differs = ({ codes }: Feature): boolean => codes.some((code) => code !== codes[0]);

/** How much of the differences a feature alone explains, by its bins, against what as many bins of chance would (Fisher's F). */
function strengthAlone({ codes, bins }: Feature, target: readonly number[]): number {
  const counts = new Float64Array(bins), sums = new Float64Array(bins);
  target.forEach((value, row) => {
    const code = codes[row] ?? 0;
    counts[code] = (counts[code] ?? 0) + 1;
    sums[code] = (sums[code] ?? 0) + value;
  });
  const whole = target.reduce((sum, value) => sum + value, 0) ** 2 / target.length;
  const squares = target.reduce((sum, value) => sum + value ** 2, 0);
  const between = sums.reduce((sum, own, bin) => counts[bin] ? sum + own ** 2 / (counts[bin] ?? 1) : sum, 0);
  const groups = counts.filter((count) => count > 0).length;
  return (between - whole) / (groups - 1) * Math.max(1, target.length - groups) / Math.max(1e-12, squares - between);
}

function strongest<Group extends readonly { feature: Feature }[]>(groups: Group[], target: readonly number[]): Group[] {
  if (groups.length <= mostParams) return groups;
  const strength = new Map(groups.map((group) => [group, group[0] ? strengthAlone(group[0].feature, target) : 0]));
  return groups.toSorted((a, b) => (strength.get(b) ?? 0) - (strength.get(a) ?? 0)).slice(0, mostParams);
}

/**
 * Importance of params for a metric by a random forest (see `forest.ts`) on the ranks of its values, so that one run that diverged does
 * not decide, and correlation beside it. Runs without a finite value of the metric do not count.
 */
export function importanceOf(params: readonly PlotColumn[], metric: NumberColumn): Importance {
  const rows = metric.cells.flatMap((cell, i) => cell !== undefined && hasPlace(cell) ? [i] : []);
  const target = ranksOf(rows.map((row) => metric.cells[row] ?? 0)).map((rank) => rank / rows.length);
  const told = params.map((column) => ({ column, feature: featureOf(column, rows) }))
    .filter(({ feature }) => differs(feature));
  const alike = [...Map.groupBy(told, ({ feature }) => partition(feature)).values()];
  const kept = strongest(alike, target);
  const features = kept.flatMap(([first]) => first === undefined ? [] : [first.feature]);
  const enough = rows.length >= leastImportanceRuns && features.length > 0 && new Set(target).size > 1;
  const forest = enough ? growForest(features, target) : { importance: [], explained: 0 };
  const tells = enough && forest.explained >= leastExplained;
  const whole = forest.importance.reduce((sum, value) => sum + Math.max(0, value), 0);
  const entries = kept.map((group, i): ParamImportance => ({
    params: group.map(({ column }) => column),
    share: tells && whole > 0 ? Math.max(0, forest.importance[i] ?? 0) / whole : undefined,
    correlation: group[0] && correlationOf(group[0].column, metric),
  }));
  const strength = ({ share, correlation }: ParamImportance): number => share ?? Math.abs(correlation?.value ?? 0);
  return {
    verdict: tells ? "told" : enough ? "unexplained" : "too few runs",
    runs: rows.length,
    explained: forest.explained,
    params: entries.sort((a, b) => strength(b) - strength(a)),
    left_out: alike.length - kept.length,
  };
}
