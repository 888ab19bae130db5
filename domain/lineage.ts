/** Where versions come from and where they are in use, as boxes and arrows from left to right. */

export interface LineageNode {
  /** No other of the picture has it. */
  id: string;
  /** "Dataset", "Run". */
  kind: string;
  name: string;
  /** The ids of what it leads to, in later columns. */
  to: readonly string[];
  /** What the picture is about. */
  here?: boolean;
  /** It is in the bin, or no more. */
  gone?: boolean;
  /** The page of it. */
  href?: string;
}

export interface Box {
  /** Left out where an arrow only passes, on its way to a later column. */
  node?: LineageNode;
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

type Columns = readonly (readonly LineageNode[])[];

/** At most so many boxes in a column: the last one says how many more there are, and leads to whatever they led to. */
export function foldColumns(columns: Columns, most: number): LineageNode[][] {
  const folded = new Map<string, string>();
  const shown = columns.map((column) => {
    if (column.length <= most) return column;
    const [kept, rest] = [column.slice(0, most - 1), column.slice(most - 1)];
    const id = `more of ${column[0]?.id}`;
    for (const node of rest) folded.set(node.id, id);
    return [...kept, {
      id,
      kind: column[0]?.kind ?? "",
      name: `and ${rest.length} more`,
      to: rest.flatMap(({ to }) => to),
    }];
  });
  return shown.map((column) =>
    column.map((node) => ({ ...node, to: [...new Set(node.to.map((id) => folded.get(id) ?? id))] }))
  );
}

/** Places columns beside each other, boxes near what they lead to. Empty columns are left out. */
export function drawLineage(columns: Columns): LineagePicture {
  const filled = withPassages(columns.filter((column) => column.length > 0));
  const highest = Math.max(1, ...filled.map((column) => column.length));
  const height = 2 * edge + highest * boxHeight + (highest - 1) * gapDown;
  const heights = rowsOf(filled, height);
  const places = filled.flatMap((column, i) =>
    column.map(({ id, node, to }) => {
      const box = { x: edge + i * (boxWidth + gapAcross), y: heights.get(id) ?? 0, ...(node && { node }) };
      return { id, to, box };
    })
  );
  const byId = new Map(places.map(({ id, box }) => [id, box]));
  return {
    width: 2 * edge + filled.length * boxWidth + (filled.length - 1) * gapAcross,
    height,
    boxes: places.map(({ box }) => box),
    arrows: places.flatMap(({ box, to }) =>
      to.flatMap((id) => {
        const reached = byId.get(id);
        return reached ? [{ from: box, to: reached }] : [];
      })
    ),
  };
}

/** How far down each box is: the fullest column is a stack, and from there on either side each box is level with its neighbours. */
function rowsOf(columns: readonly (readonly Place[])[], height: number): Map<string, number> {
  const rows = new Map<string, number>();
  const fullest = columns.findIndex(({ length }) => columns.every((column) => column.length <= length));
  const put = (column: readonly Place[], neighbours: (place: Place) => readonly string[]): void => {
    const wished = column.map((place) => {
      const near = neighbours(place).flatMap((id) => rows.get(id) ?? []);
      return { id: place.id, y: near.length > 0 ? near.reduce((sum, y) => sum + y, 0) / near.length : edge };
    }).sort((a, b) => a.y - b.y);
    let least = edge;
    for (const one of wished) least = (one.y = Math.max(one.y, least)) + boxHeight + gapDown;
    let most = height - edge - boxHeight;
    for (const one of wished.toReversed()) most = (one.y = Math.min(one.y, most)) - boxHeight - gapDown;
    for (const { id, y } of wished) rows.set(id, y);
  };
  for (const column of columns.slice(0, fullest + 1).toReversed()) put(column, ({ to }) => to);
  for (const [i, column] of columns.entries()) {
    if (i > fullest) {
      put(column, ({ id }) => (columns[i - 1] ?? []).filter(({ to }) => to.includes(id)).map((one) => one.id));
    }
  }
  return rows;
}

interface Place {
  id: string;
  node?: LineageNode;
  to: string[];
}

/** An arrow that leads past a column has a place of its own there, so that it crosses no box. */
function withPassages(columns: Columns): Place[][] {
  const columnOf = new Map(columns.flatMap((column, i) => column.map(({ id }) => [id, i] as const)));
  const places = columns.map((column): Place[] => column.map((node) => ({ id: node.id, node, to: [...node.to] })));
  for (const [i, column] of places.entries()) {
    const next = places[i + 1];
    for (const place of column) {
      place.to = place.to.map((id) => {
        if (next === undefined || (columnOf.get(id) ?? 0) <= i + 1) return id;
        const passage = `${place.id} to ${id}`;
        next.push({ id: passage, to: [id] });
        return passage;
      });
    }
  }
  return places;
}

/** The picture in words, for those who do not see it. */
export const lineageText = (columns: Columns): string =>
  columns.filter((column) => column.length > 0)
    .map((column) =>
      column.map(({ kind, name, gone }) => `${kind.toLowerCase()} ${name}${gone ? " (gone)" : ""}`).join(", ")
    )
    .join(", then ");
