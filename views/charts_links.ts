import type { ChartsView } from "../wire/pages_charts.ts";
import { chartFields } from "./chart_links.ts";
import { href, path, type Query } from "./links.ts";
import { plotFields } from "./plots/links.ts";

/** All that an address of an experiment's charts says, without what is usual. */
export const chartsQuery = (view: ChartsView): Query => ({ ...wallQuery(view), ...plotFields(view.plots) });

/** The same without what its plots over runs say. */
export function wallQuery(view: ChartsView): Query {
  return {
    filter: view.filter,
    order_by: view.order_by,
    view: view.view === "active" ? undefined : view.view,
    group: view.group,
    runs: view.runs,
    page_token: view.page_token,
    eye: view.eye,
    ...chartFields(view),
    from: view.from,
    to: view.to,
    find: view.find,
    pin: view.pin,
    first: view.first,
    size: [...view.sizes].map(([key, { columns, rows }]) => `${columns}x${rows}:${key}`),
    y: [...view.ranges].map(([key, { min = "", max = "" }]) => `${min}..${max}:${key}`),
    image: [...view.images].map(([key, place]) => `${place}:${key}`),
    closed: view.closed,
    only: view.only,
    drawn: view.drawn === 6 ? undefined : view.drawn,
  };
}

export const chartsPath = ({ experiment_id }: ChartsView) => path`/experiments/${experiment_id}/charts`;

/** The address of the same charts with some choices changed. */
export const chartsHref = (view: ChartsView, changes: Query = {}): string =>
  href(chartsPath(view), { ...chartsQuery(view), ...changes });
