import type { OrderTerm } from "../domain/order.ts";
import { parsePageToken, printPageToken, type Searched } from "../domain/page_token.ts";
import type { Fragment } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

/** Pages of what has numbers that grow, the newest first. */

export interface PageAsked {
  max_results: number;
  page_token?: string | undefined;
}

const order: readonly OrderTerm[] = [{
  field: { entity: "attribute", key: "number", type: "number" },
  ascending: false,
}];

/** Whether a row comes after the pages before. INVALID_PARAMETER_VALUE for a token that is not of what is `searched` for. */
export function isLater(sql: Sql, number: Fragment, { page_token }: PageAsked, searched: Searched = {}): Fragment {
  const after = parsePageToken(page_token, searched, order)?.[0] ?? null;
  return after === null ? sql`true` : sql`${number} < ${after}::bigint`;
}

/** The page that rows make, of which one more was asked for than it has. */
export function newestPage<Row extends { number: number }, One>(
  rows: readonly Row[],
  { max_results }: PageAsked,
  toOne: (row: Omit<Row, "number">) => One,
  searched: Searched = {},
): { page: One[]; next_page_token?: string } {
  const shown = rows.slice(0, max_results);
  const last = shown.at(-1);
  const page = shown.map(({ number: _, ...row }) => toOne(row));
  if (rows.length <= max_results || last === undefined) return { page };
  return { page, next_page_token: printPageToken([last.number], searched) };
}
