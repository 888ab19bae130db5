/** Where a version comes from and where it is in use, as boxes and arrows from left to right. */

export interface LineageNode {
  /** "Dataset", "Run". */
  kind: string;
  name: string;
  /** What the picture is about. */
  here?: boolean;
  /** It is in the bin, or no more. */
  gone?: boolean;
  /** The page of it. */
  href?: string;
}

export interface Box {
  node: LineageNode;
  /** Pixels. */
  x: number;
  y: number;
}

export interface Arrow {
  from: Box;
  to: Box;
}

export interface LineagePicture {
  width: number;
  height: number;
  boxes: Box[];
  arrows: Arrow[];
}

/** Pixels. */
export const boxWidth = 148;
export const boxHeight = 44;
const gapAcross = 44;
const gapDown = 12;
const edge = 4;

/** Boxes of a column that are drawn; the last one says how many more there are. */
const mostInColumn = 5;

function shortened(column: readonly LineageNode[]): LineageNode[] {
  if (column.length <= mostInColumn) return [...column];
  const kept = column.slice(0, mostInColumn - 1);
  return [...kept, { kind: column[0]?.kind ?? "", name: `and ${column.length - kept.length} more` }];
}

/** Places columns beside each other, each in the middle; whatever stands in one leads to all that stands in the next. Empty columns are left out. */
export function drawLineage(columns: readonly (readonly LineageNode[])[]): LineagePicture {
  const filled = columns.map(shortened).filter((column) => column.length > 0);
  const highest = Math.max(1, ...filled.map((column) => column.length));
  const height = 2 * edge + highest * boxHeight + (highest - 1) * gapDown;
  const placed = filled.map((column, i) => {
    const tall = column.length * boxHeight + (column.length - 1) * gapDown;
    return column.map((node, j): Box => ({
      node,
      x: edge + i * (boxWidth + gapAcross),
      y: (height - tall) / 2 + j * (boxHeight + gapDown),
    }));
  });
  return {
    width: 2 * edge + filled.length * boxWidth + (filled.length - 1) * gapAcross,
    height,
    boxes: placed.flat(),
    arrows: placed.flatMap((column, i) => column.flatMap((from) => (placed[i + 1] ?? []).map((to) => ({ from, to })))),
  };
}

/** The picture in words, for those who do not see it. */
export const lineageText = (columns: readonly (readonly LineageNode[])[]): string =>
  columns.filter((column) => column.length > 0)
    .map((column) =>
      column.map(({ kind, name, gone }) => `${kind.toLowerCase()} ${name}${gone ? " (gone)" : ""}`).join(", ")
    )
    .join(", then ");
