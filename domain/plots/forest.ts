/**
 * A random forest for regression, small and the same every time. Source: Breiman, Random Forests (2001): trees on bootstrap samples, a
 * random third of the features at each split, importance by permuting a feature among the rows that a tree has not seen (section 10).
 * Values stand in at most 32 bins, so that a node costs a walk over its rows and no sorting; a split of unordered bins goes by their
 * means, which is the best split of all (Fisher, On Grouping for Maximum Homogeneity, 1958).
 */

export const mostBins = 32;

export interface Feature {
  /** The bin of each row, below `bins`. */
  codes: Uint8Array;
  /** 1 to 32. */
  bins: number;
  /** Whether a bin's number means more or less of something. */
  ordered: boolean;
}

export interface ForestResult {
  /** By feature: how much the mean squared error of unseen rows grows when the feature says nothing; may be a little below 0. */
  importance: number[];
  /** Share of the variance of unseen rows that the forest explains; below 0 when it is worse than their mean. */
  explained: number;
}

const trees = 60;
/** Leaves of many runs are larger: what matters shows long before trees end in pairs of runs. */
const leastLeaf = (rows: number): number => Math.max(2, Math.floor(rows / 50));
const deepest = 10;

/** Numbers from 0 to below 1 that look random and are the same every time (mulberry32 by Tommy Ettinger, public domain). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A node sends a row left when the bit of its bin is set in `left`; a leaf has no feature. */
interface Node {
  feature: number;
  left: number;
  /** Index of the left child; the right one follows it. */
  child: number;
  value: number;
}

interface Split {
  feature: number;
  left: number;
  gain: number;
}

/** Sums over the rows of a node by bin: one pair for all nodes, which are worked on one after the other. */
const counts = new Float64Array(mostBins), sums = new Float64Array(mostBins), places = new Uint8Array(mostBins);

/** Fills the sums of a feature's bins; answers how many bins have rows, which stand first in `places` in the order of a split. */
function countBins({ codes, bins, ordered }: Feature, rows: readonly number[], target: readonly number[]): number {
  counts.fill(0, 0, bins);
  sums.fill(0, 0, bins);
  for (const row of rows) {
    const code = codes[row]!;
    counts[code]! += 1;
    sums[code]! += target[row]!;
  }
  let present = 0;
  for (let bin = 0; bin < bins; bin++) if (counts[bin]! > 0) places[present++] = bin;
  if (!ordered) places.subarray(0, present).sort((a, b) => sums[a]! / counts[a]! - sums[b]! / counts[b]! || a - b);
  return present;
}

/** The best way to part rows by one feature; undefined where every part would be too small. `total`: sum of the target over the rows. */
function bestSplit(
  at: number,
  feature: Feature,
  rows: readonly number[],
  target: readonly number[],
  total: number,
  least: number,
) {
  const present = countBins(feature, rows, target);
  let best: Split | undefined;
  let [count, sum, left] = [0, 0, 0];
  for (let i = 0; i < present; i++) {
    const bin = places[i]!;
    count += counts[bin]!;
    sum += sums[bin]!;
    left |= 1 << bin;
    const rest = rows.length - count;
    if (rest < least) break;
    if (count < least) continue;
    const gain = sum ** 2 / count + (total - sum) ** 2 / rest - total ** 2 / rows.length;
    if (gain > (best?.gain ?? 1e-12)) best = { feature: at, left, gain };
  }
  return best;
}

function shuffle<Value>(values: Value[], random: () => number, most = values.length): void {
  for (let i = 0; i < most; i++) {
    const other = i + Math.floor(random() * (values.length - i));
    const [a, b] = [values[i], values[other]];
    if (a !== undefined && b !== undefined) [values[i], values[other]] = [b, a];
  }
}

function growTree(
  features: readonly Feature[],
  target: readonly number[],
  sample: readonly number[],
  random: () => number,
): Node[] {
  const least = leastLeaf(target.length);
  const tries = Math.max(1, Math.ceil(features.length / 3));
  const choice = features.map((_, i) => i);
  const nodes: Node[] = [{ feature: -1, left: 0, child: 0, value: 0 }];
  const open = [{ node: 0, rows: sample, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { rows, depth } = next;
    const node = nodes[next.node];
    if (node === undefined) continue;
    const total = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0);
    node.value = total / rows.length;
    if (depth >= deepest || rows.length < 2 * least) continue;
    shuffle(choice, random, tries);
    const splits = choice.slice(0, tries).flatMap((at) => {
      const feature = features[at];
      return feature === undefined ? [] : bestSplit(at, feature, rows, target, total, least) ?? [];
    });
    const best = splits.reduce<Split | undefined>((a, b) => a === undefined || b.gain > a.gain ? b : a, undefined);
    const codes = features[best?.feature ?? -1]?.codes;
    if (best === undefined || codes === undefined) continue;
    Object.assign(node, { feature: best.feature, left: best.left, child: nodes.length });
    const goesLeft = (row: number): boolean => (best.left >>> (codes[row] ?? 0) & 1) === 1;
    nodes.push({ feature: -1, left: 0, child: 0, value: 0 }, { feature: -1, left: 0, child: 0, value: 0 });
    open.push({ node: node.child, rows: rows.filter(goesLeft), depth: depth + 1 });
    open.push({ node: node.child + 1, rows: rows.filter((row) => !goesLeft(row)), depth: depth + 1 });
  }
  return nodes;
}

/** What a tree says of a row, with the value that another row has of one feature. */
function predict(nodes: readonly Node[], features: readonly Feature[], row: number, swapped = -1, other = row): number {
  let node = nodes[0];
  while (node !== undefined && node.feature >= 0) {
    const code = features[node.feature]?.codes[node.feature === swapped ? other : row] ?? 0;
    node = nodes[node.child + (node.left >>> code & 1 ? 0 : 1)];
  }
  return node?.value ?? 0;
}

/** Grows the forest of a target over features; rows are the positions in `target`. The same input gives the same output. */
export function growForest(features: readonly Feature[], target: readonly number[]): ForestResult {
  const random = randomFrom(20260101);
  const importance = features.map(() => 0);
  const sums = new Float64Array(target.length), seen = new Float64Array(target.length);
  for (let tree = 0; tree < trees; tree++) {
    const sample = target.map(() => Math.floor(random() * target.length));
    const inside = new Set(sample);
    const outside = target.map((_, row) => row).filter((row) => !inside.has(row));
    if (outside.length === 0) continue;
    const nodes = growTree(features, target, sample, random);
    const error = (guess: number, row: number): number => (guess - (target[row] ?? 0)) ** 2;
    const errors = outside.map((row) => {
      const guess = predict(nodes, features, row);
      sums[row] = (sums[row] ?? 0) + guess;
      seen[row] = (seen[row] ?? 0) + 1;
      return error(guess, row);
    });
    for (const at of new Set(nodes.map(({ feature }) => feature).filter((feature) => feature >= 0))) {
      const others = [...outside];
      shuffle(others, random);
      const growth = outside.reduce(
        (sum, row, i) => sum + error(predict(nodes, features, row, at, others[i]), row) - (errors[i] ?? 0),
        0,
      );
      importance[at] = (importance[at] ?? 0) + growth / outside.length / trees;
    }
  }
  return { importance, explained: explainedOf(target, sums, seen) };
}

function explainedOf(target: readonly number[], sums: Float64Array, seen: Float64Array): number {
  const rows = target.map((_, row) => row).filter((row) => (seen[row] ?? 0) > 0);
  const mean = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0) / rows.length;
  let [left, all] = [0, 0];
  for (const row of rows) {
    left += ((sums[row] ?? 0) / (seen[row] ?? 1) - (target[row] ?? 0)) ** 2;
    all += ((target[row] ?? 0) - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : 0;
}
