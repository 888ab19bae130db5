import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/**
 * Joins the parts of the series of each run `r` as `c`, of all metrics or of some. A plain join would open what waits for compaction of
 * all runs: Postgres takes no condition on another table into a union. `offset 0` keeps it from writing this as a plain join.
 */
export const partsOfRun = (sql: Sql, keys: readonly string[] | "all"): Fragment =>
  sql`cross join lateral (select * from weir.metric_parts where run = r.run ${
    keys === "all"
      ? sql``
      : sql`and key = any(array(select key from weir.metric_keys where name = any(${[...keys]}::text[])))`
  } offset 0) c`;
