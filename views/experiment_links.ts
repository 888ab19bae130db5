import type { ExperimentsQuery } from "../wire/pages.ts";
import { href, path, type Query } from "./links.ts";

/** The part of the list of experiments that its links change. */
export const swaps = "target:#experiments, select:#experiments, swap:outerHTML";

/** The list as it is shown, with changes. */
export function listHref(view: ExperimentsQuery, changes: Query = {}): string {
  return href(path`/experiments`, { ...listQuery(view), ...changes });
}

export function listQuery({ search, view, order_by, closed }: ExperimentsQuery): Query {
  return {
    search,
    view: view === "active" ? undefined : view,
    order_by: order_by === "name" ? undefined : order_by,
    closed,
  };
}
