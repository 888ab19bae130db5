import { compareMetricNames } from "./metric_names.ts";

/** Which charts stand on the wall of an experiment, and which runs they show. */

export interface WallSection {
  /** "train/"; "" for metrics without one; "pinned" is no prefix, for prefixes end in a slash. */
  prefix: string;
  metrics: string[];
}

export interface WallChoices {
  /** In the order in which they stand. */
  pin: readonly string[];
  /** Metrics that stand before the others of their section, in this order. */
  first: readonly string[];
  /** What names of metrics contain. */
  find: string;
}

export const pinnedSection = "pinned";

/** The sections of the wall: what is pinned, then what has no prefix, then prefixes; what the machine did last. */
export function wallOf(metrics: readonly string[], { pin, first, find }: WallChoices): WallSection[] {
  const words = find.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = metrics.filter((key) => words.every((word) => key.toLowerCase().includes(word)));
  const places = new Map(first.map((key, i) => [key, i]));
  const place = (key: string): number => places.get(key) ?? places.size;
  const ordered = found.toSorted((a, b) => place(a) - place(b) || compareMetricNames(a, b));
  const known = new Set(found);
  const pinned = [...new Set(pin)].filter((key) => known.has(key));
  const rest = ordered.filter((key) => !pinned.includes(key));
  const sections = [...Map.groupBy(rest, prefixOf)].map(([prefix, each]) => ({ prefix, metrics: each }));
  return [
    ...(pinned.length > 0 ? [{ prefix: pinnedSection, metrics: pinned }] : []),
    ...sections.sort((a, b) => rankOf(a.prefix) - rankOf(b.prefix)),
  ];
}

export const prefixOf = (key: string): string => key.slice(0, key.indexOf("/") + 1);

const rankOf = (prefix: string): number => prefix === "" ? 0 : prefix === "system/" ? 2 : 1;

/** How many runs of a list are drawn before the reader says anything. */
export const usualShown = 10;

/**
 * The runs of a list that are drawn: the selected ones (`runs`), or else the first ten, of groups all; `eye` changes that, its last word on each run: "id" shows
 * it, "-id" hides it, "all" and "none" do so with all.
 */
export function shownRuns(
  listed: readonly string[],
  { runs, eye, group }: { runs: readonly string[]; eye: readonly string[]; group?: string | undefined },
): string[] {
  const chosen = listed.filter((run_id) => runs.includes(run_id));
  const usual = group === undefined ? listed.slice(0, usualShown) : listed;
  const shown = new Set(chosen.length > 0 ? chosen : usual);
  for (const word of eye) {
    if (word === "all") { for (const run_id of listed) shown.add(run_id); }
    else if (word === "none") shown.clear();
    else if (word.startsWith("-")) shown.delete(word.slice(1));
    else shown.add(word);
  }
  return listed.filter((run_id) => shown.has(run_id));
}

/** The same choices in as few words: only the last word on each run, and none that stands before a word on all. */
export function shortEyes(eye: readonly string[]): string[] {
  const from = Math.max(eye.lastIndexOf("all"), eye.lastIndexOf("none"), 0);
  const last = new Map<string, string>();
  for (const word of eye.slice(from)) {
    const about = word.replace(/^-/, "");
    last.delete(about);
    last.set(about, word);
  }
  return [...last.values()];
}

/** Columns and rows that a card takes. */
export interface CardSize {
  columns: number;
  rows: number;
}

/** Of the cards that are not as small as usual: `2x1:val/loss`, the last word on each. */
export function cardSizes(words: readonly string[]): Map<string, CardSize> {
  const sizes = new Map<string, CardSize>();
  for (const word of words) {
    const [, columns = "1", rows = "1", key] = /^([123])x([12]):([^]+)$/.exec(word) ?? [];
    if (key === undefined) continue;
    sizes.delete(key);
    if (columns !== "1" || rows !== "1") sizes.set(key, { columns: Number(columns), rows: Number(rows) });
  }
  return sizes;
}

/** Bounds of y that the reader set for a metric: `0..1:val/loss`, `..0.5:loss`, the last word on each. */
export function cardRanges(words: readonly string[]): Map<string, { min?: number; max?: number }> {
  const ranges = new Map<string, { min?: number; max?: number }>();
  for (const word of words) {
    const [, from, to, key] = /^([^:]*?)\.\.([^:]*):([^]+)$/.exec(word) ?? [];
    if (from === undefined || to === undefined || key === undefined) continue;
    const [min, max] = [numberIn(from), numberIn(to)];
    ranges.delete(key);
    if (min !== undefined || max !== undefined) {
      ranges.set(key, { ...(min !== undefined && { min }), ...(max !== undefined && { max }) });
    }
  }
  return ranges;
}

function numberIn(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}
