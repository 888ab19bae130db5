/** Columns of the runs table, named as in MLflow's search: `metrics.val/loss`, `params.lr`, `tags.team`, `attributes.duration`. */

export const columnKinds = ["metrics", "params", "tags", "attributes"] as const;
export type ColumnKind = (typeof columnKinds)[number];

export interface Column {
  kind: ColumnKind;
  key: string;
}

export const columnName = ({ kind, key }: Column): string => `${kind}.${key}`;

/** The column of a name; undefined when the text is none. A key may hold dots. */
export function columnOf(name: string): Column | undefined {
  const dot = name.indexOf(".");
  const kind = columnKinds.find((known) => known === name.slice(0, dot));
  const key = name.slice(dot + 1);
  return kind === undefined || key === "" ? undefined : { kind, key };
}

/**
 * The columns with one of them a place further to the front or the back of its kind. `move` is "metrics.loss up" or "… down"; anything
 * else moves nothing.
 */
export function movedColumn(columns: readonly string[], move: string): string[] {
  const [, name = "", way] = /^(.+) (up|down)$/s.exec(move) ?? [];
  const from = columns.indexOf(name);
  const kind = columnOf(name)?.kind;
  const sameKind = (other: string) => kind !== undefined && columnOf(other)?.kind === kind;
  const to = way === "up"
    ? columns.slice(0, Math.max(from, 0)).findLastIndex(sameKind)
    : columns.findIndex((other, i) => i > from && sameKind(other));
  if (from < 0 || to < 0) return [...columns];
  return columns.with(from, columns[to] ?? "").with(to, name);
}

/** What a list is ordered by. */
export interface Order {
  column: Column;
  descending: boolean;
}

/** MLflow's text of an order, with the key in the quotes that it does not hold itself: "metrics.`val/loss` ASC". */
export function orderText({ column, descending }: Order): string {
  const bare = /^[A-Za-z_][A-Za-z0-9_]*$/.test(column.key);
  const quote = bare ? "" : column.key.includes("`") ? '"' : "`";
  return `${column.kind}.${quote}${column.key}${quote} ${descending ? "DESC" : "ASC"}`;
}

const kindsByPrefix: Record<string, ColumnKind> = {
  metric: "metrics",
  metrics: "metrics",
  param: "params",
  params: "params",
  parameter: "params",
  parameters: "params",
  tag: "tags",
  tags: "tags",
  attr: "attributes",
  attribute: "attributes",
  attributes: "attributes",
  run: "attributes",
};

/**
 * The order that a text of `order_by` means, for showing it; undefined when it is not understood. Whether it is allowed is for the
 * search to say.
 */
export function orderOf(text: string): Order | undefined {
  const found = /^\s*(?:(\w+)\.)?(?:`([^`]+)`|"([^"]+)"|(\S+?))(?:\s+(asc|desc))?\s*$/i.exec(text);
  if (found === null) return undefined;
  const [, prefix, inTicks, inQuotes, bare, direction] = found;
  const kind = prefix === undefined ? "attributes" : kindsByPrefix[prefix.toLowerCase()];
  const key = inTicks ?? inQuotes ?? bare;
  if (kind === undefined || key === undefined) return undefined;
  return { column: { kind, key }, descending: direction?.toLowerCase() === "desc" };
}

/**
 * What a click on the head of a column leads to: first the one direction, then the other, then the usual order (undefined).
 * `current` is what the list is ordered by now.
 */
export function orderAfterClick(
  column: Column,
  current: Order | undefined,
  descendingFirst: boolean,
): Order | undefined {
  const lit = current !== undefined && columnName(current.column) === columnName(column);
  if (!lit) return { column, descending: descendingFirst };
  return current.descending === descendingFirst ? { column, descending: !descendingFirst } : undefined;
}
