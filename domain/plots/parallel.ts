import { type PlotColumn } from "./columns.ts";
import { placeOn, type PlotScale } from "./scales.ts";

/** An axis of parallel coordinates: where each run crosses it, 0 (below) to 1; undefined where the run has no value there. */
export interface ParallelAxis {
  column: PlotColumn;
  scale: PlotScale;
  places: (number | undefined)[];
}

/** Runs of one category lie beside each other as a bundle, thin enough that bundles do not touch. */
const bundleShare = 0.5;
const lineDistance = 0.012;

/**
 * Where the runs cross an axis. Runs of one category are spread around its place in the order of `rank`, so that a bundle shows how many
 * they are and its lines do not cross inside.
 */
export function parallelAxis(column: PlotColumn, scale: PlotScale, rank: (run: number) => number): ParallelAxis {
  const places = column.cells.map((cell) => placeOn(scale, cell));
  if (scale.kind === "category") {
    const bundles = Map.groupBy(places.keys(), (i) => places[i]);
    for (const [place, members] of bundles) {
      if (place === undefined) continue;
      const room = bundleShare / Math.max(1, scale.values.length);
      const distance = Math.min(lineDistance, room / members.length);
      members.sort((a, b) => rank(a) - rank(b) || a - b).forEach((run, i) => {
        places[run] = place + (i - (members.length - 1) / 2) * distance;
      });
    }
  }
  return { column, scale, places };
}

/** A range of one axis that runs must lie in: texts of its ends, as the address says them; an empty one is open. */
export interface Brush {
  /** The field's name. */
  axis: string;
  from: string;
  to: string;
}

/** The places of a brush on its axis, least first; undefined where its ends mean nothing there. */
export function brushedPlaces(scale: PlotScale, { from, to }: Brush): [number, number] | undefined {
  // An end that is left open is that of the axis, which is its other one where greater values are below.
  const open = (end: 0 | 1): number => scale.turned && scale.kind === "number" ? 1 - end : end;
  const end = (text: string, side: 0 | 1): number | undefined =>
    text === "" ? open(side) : placeOn(scale, scale.kind === "number" ? Number(text) : text);
  const [a, b] = [end(from, 0), end(to, 1)];
  if (a === undefined || b === undefined) return undefined;
  const room = scale.kind === "category" ? 0.5 / scale.values.length : 0;
  const slack = 1e-9; // a range that ends at a value holds it
  return [Math.min(a, b) - room - slack, Math.max(a, b) + room + slack];
}

/** Which runs lie in all brushes; undefined when there is none. A run without a value on a brushed axis is out. */
export function brushedRuns(axes: readonly ParallelAxis[], brushes: readonly Brush[]): boolean[] | undefined {
  const ranges = axes.flatMap(({ column, scale }) => {
    const brush = brushes.find(({ axis }) => axis === column.name);
    const range = brush && brushedPlaces(scale, brush);
    return range ? [{ column, scale, range }] : [];
  });
  if (ranges.length === 0) return undefined;
  const runs = axes[0]?.places.length ?? 0;
  return Array.from({ length: runs }, (_, run) =>
    ranges.every(({ column, scale, range: [from, to] }) => {
      const place = placeOn(scale, column.cells[run]);
      return place !== undefined && place >= from && place <= to;
    }));
}
