import type { OrderKey } from "../domain/order.ts";
import { type Fragment, joined, type Storage } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** The order of a page and the place where it starts, by keyset: no row is read that an earlier page had. */

/** One thing that rows are sorted by. Values come first, then NaN, then null, in both directions. */
export interface SortColumn {
  readonly value: Fragment;
  readonly storage: Storage;
  readonly ascending: boolean;
  readonly nullable: boolean;
  /** Whether NaN is among the values. */
  readonly nan?: boolean;
  /** Text in the collation of its index instead of by code point. */
  readonly indexed?: boolean;
}

const sortable = (sql: Sql, { value, storage, indexed = false }: SortColumn): Fragment =>
  storage === "text" && !indexed ? sql`${value} collate "C"` : value;

/** What stands after `order by`. */
export function orderBySql(sql: Sql, columns: readonly SortColumn[]): Fragment {
  const parts = columns.map((column) => {
    const value = sortable(sql, column);
    // Postgres holds NaN to be the greatest number: right when ascending.
    const nanLast = column.nan && !column.ascending ? sql`${value} = 'NaN', ` : sql``;
    const nullsLast = column.nullable && !column.ascending ? sql` nulls last` : sql``;
    return sql`${nanLast}${value} ${column.ascending ? sql`asc` : sql`desc`}${nullsLast}`;
  });
  return joined(sql, parts, sql`, `) ?? sql`1`;
}

/** A value of the key. Whole numbers are said to be wide: that of a token may not fit a narrow column. */
const placed = (sql: Sql, { storage }: SortColumn, at: string | number | null): Fragment =>
  storage === "bigint" ? sql`${at}::bigint` : sql`${at}`;

/** The rows after the one that has this key. */
export function afterSql(sql: Sql, columns: readonly SortColumn[], key: OrderKey): Fragment {
  const [first] = columns;
  const chain = columns.reduceRight<Fragment | undefined>(
    (rest, column, index) => afterOne(sql, column, key[index] ?? null, rest),
    undefined,
  );
  if (chain === undefined || first === undefined) return sql`false`;
  if (first.nullable) return sql`(${chain})`;
  // Says nothing new, but an index can start here, and cannot in the middle of an OR.
  const bound = first.ascending ? sql`>=` : sql`<=`;
  return sql`${sortable(sql, first)} ${bound} ${placed(sql, first, key[0] ?? null)} and (${chain})`;
}

/** What comes after `at` in one column, or is equal there and after it in the `rest`. */
function afterOne(sql: Sql, column: SortColumn, at: string | number | null, rest: Fragment | undefined): Fragment {
  const value = sortable(sql, column);
  const same = (equal: Fragment): Fragment => rest ? sql`(${equal} and (${rest}))` : sql`false`;
  if (at === null) return same(sql`${column.value} is null`);
  const missing = column.nullable ? sql`${column.value} is null or ` : sql``;
  if (Number.isNaN(at)) return sql`${missing}${same(sql`${value} = 'NaN'`)}`;
  const nan = column.nan && !column.ascending ? sql`${value} = 'NaN' or ` : sql``;
  const place = placed(sql, column, at);
  const beyond = column.ascending ? sql`${value} > ${place}` : sql`${value} < ${place}`;
  return sql`${missing}${nan}${beyond} or ${same(sql`${value} = ${place}`)}`;
}
