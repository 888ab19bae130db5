import type postgres from "postgres";

/**
 * Sends a statement that was made for one search, and forgets it. Each shape of a filter is another statement, and a connection
 * keeps every prepared one for as long as it lives; also the plan should know the values, for how rare a param is decides it.
 * postgres.js offers this for `sql.unsafe` only: this is the option that `unsafe` sets (3.4.9, src/connection.js, `build`).
 */
export function unprepared<T extends readonly postgres.MaybeRow[]>(
  query: postgres.PendingQuery<T>,
): postgres.PendingQuery<T> {
  if ("options" in query && query.options instanceof Object) Object.assign(query.options, { prepare: false });
  return query;
}
