/** A value over a plane, guessed from scattered points. Places are 0 to 1 on both axes. */
export interface PlanePoint {
  x: number;
  y: number;
  value: number;
}

/** Cells from left to right, then from below upwards. Undefined where there is no point near enough to say anything. */
export interface Surface {
  size: number;
  cells: (number | undefined)[];
  /** How far a point's word reaches: the standard deviation of the kernel on either axis. */
  reach: { x: number; y: number };
}

export const leastSurfacePoints = 5;

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** A cell where the points weigh less than one of them two reaches away stays empty. */
const leastWeight = Math.exp(-2);

/**
 * The mean of the points around each cell, weighted by a Gaussian kernel: Nadaraya and Watson (1964), with Scott's bandwidth (1992).
 * Every cell lies between the least and the greatest value. Undefined for fewer than five points, or where they all stand on one line.
 */
export function surfaceOf(points: readonly PlanePoint[], size = 40): Surface | undefined {
  const reachOf = (values: readonly number[]): number =>
    Math.max(0.04, Math.min(0.25, spread(values) * points.length ** (-1 / 6)));
  const distinct = (values: readonly number[]): number => new Set(values).size;
  const xs = points.map(({ x }) => x), ys = points.map(({ y }) => y);
  if (points.length < leastSurfacePoints || distinct(xs) < 2 || distinct(ys) < 2) return undefined;
  const reach = { x: reachOf(xs), y: reachOf(ys) };
  const cells = Array.from({ length: size * size }, (_, i) => {
    const [atX, atY] = [(i % size + 0.5) / size, (Math.floor(i / size) + 0.5) / size];
    let [weights, sum, nearest] = [0, 0, Infinity];
    for (const { x, y, value } of points) {
      const far = ((x - atX) / reach.x) ** 2 + ((y - atY) / reach.y) ** 2;
      const weight = Math.exp(-far / 2);
      weights += weight;
      sum += weight * value;
      nearest = Math.min(nearest, far);
    }
    return weights < leastWeight || nearest > 9 ? undefined : sum / weights;
  });
  return { size, cells, reach };
}

/** A piece of a line of equal value; places 0 to 1. */
export type Segment = readonly [fromX: number, fromY: number, toX: number, toY: number];

/** Which edges of a cell a line crosses, by the corners above the level (1 left below, 2 right below, 4 right above, 8 left above). */
const crossings: readonly (readonly [number, number][])[] = [
  [],
  [[3, 0]],
  [[0, 1]],
  [[3, 1]],
  [[1, 2]],
  [[3, 2], [0, 1]],
  [[0, 2]],
  [[3, 2]],
  [[2, 3]],
  [[0, 2]],
  [[0, 3], [1, 2]],
  [[1, 2]],
  [[1, 3]],
  [[0, 1]],
  [[0, 3]],
  [],
];

/** The line of one level through a surface, by marching squares (Lorensen and Cline, 1987, on a plane). */
export function isoline({ size, cells }: Surface, level: number): Segment[] {
  const segments: Segment[] = [];
  const at = (column: number, row: number): number | undefined => cells[row * size + column];
  const corners = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const values = corners.map(([dx, dy]) => at(column + dx, row + dy));
      if (values.some((value) => value === undefined)) continue;
      const above = values.reduce<number>((bits, value, i) => (value ?? 0) > level ? bits | 1 << i : bits, 0);
      const onEdge = (edge: number): [number, number] => {
        const [from, to] = [corners[edge] ?? corners[0], corners[(edge + 1) % 4] ?? corners[0]];
        const [a, b] = [values[edge] ?? 0, values[(edge + 1) % 4] ?? 0];
        const along = Math.min(1, Math.max(0, (level - a) / (b - a)));
        return [
          (column + 0.5 + from[0] + (to[0] - from[0]) * along) / size,
          (row + 0.5 + from[1] + (to[1] - from[1]) * along) / size,
        ];
      };
      for (const [from, to] of crossings[above] ?? []) segments.push([...onEdge(from), ...onEdge(to)]);
    }
  }
  return segments;
}
