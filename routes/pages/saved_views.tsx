import type { Context, Hono } from "hono";
import {
  changeView,
  createView,
  defaultView,
  deleteView,
  getSavedView,
  restoreView,
  savedViews,
  setDefaultView,
} from "../../db/saved_views.ts";
import { edit, read } from "../../domain/permissions.ts";
import { type SavedView, type ViewPage, viewQuery } from "../../domain/saved_views.ts";
import { type SavedViewsProps, viewHref, type ViewPlace } from "../../views/saved_views.tsx";
import { parseMessage, queryInput } from "../../wire/message.ts";
import {
  DefaultViewForm,
  RenameViewForm,
  SaveViewForm,
  type ViewDeed,
  ViewForm,
  ViewsQuery,
} from "../../wire/pages_views.ts";
import { authorize } from "../caller.ts";
import { form, type PageRequest } from "../page.tsx";
import { readerOf } from "../reader.ts";
import type { Services } from "../services.ts";

/** What a page gives to `SavedViews` in its head. `experiment_id` is left out for the comparison. */
export async function savedViewsOf(
  { sql, reader, search }: PageRequest,
  page: ViewPage,
  experiment_id?: string,
): Promise<SavedViewsProps> {
  const { did, view_id } = parseMessage(ViewsQuery, queryInput(ViewsQuery, new URLSearchParams(search), "first"));
  const [views, touched] = await Promise.all([
    savedViews(sql, experiment_id, reader.known),
    did === undefined || view_id === undefined ? undefined : getSavedView(sql, view_id, reader.known),
  ]);
  return {
    place: { page, experiment_id, query: viewQuery(search) },
    views,
    did: did === undefined || touched === undefined ? undefined : { deed: did, view: touched },
    owner: reader.name,
  };
}

const told = (place: ViewPlace, did: ViewDeed, { view_id }: Pick<SavedView, "view_id">): string =>
  viewHref(place, { did, view_id });

export const savedViewPages = [
  form({
    path: "/views",
    fields: SaveViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader, now }, { page, experiment_id, query, name, whose, owner }) => {
      const place = { page, experiment_id: page === "compare" ? undefined : experiment_id ?? "", query };
      const shared = whose === "everyone";
      if (shared && owner !== "") reader.remember("name", owner);
      const view_id = await createView(sql, {
        ...place,
        name,
        owner: shared ? owner : "",
        reader: shared ? undefined : reader.id(),
      }, now());
      return told(place, "saved", { view_id });
    },
  }),
  form({
    path: "/views/:view_id/rename",
    fields: RenameViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader, now }, { view_id, name, ...place }) =>
      told(place, "renamed", await changeView(sql, view_id, reader.known, { name }, now())),
  }),
  form({
    path: "/views/:view_id/replace",
    fields: ViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader, now }, { view_id, ...place }) =>
      told(place, "replaced", await changeView(sql, view_id, reader.known, { query: place.query }, now())),
  }),
  form({
    path: "/views/:view_id/default",
    fields: DefaultViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader }, { view_id, on, ...place }) =>
      told(place, on ? "default" : "plain", await setDefaultView(sql, view_id, reader.known, on)),
  }),
  form({
    path: "/views/:view_id/delete",
    fields: ViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader, now }, { view_id, ...place }) =>
      told(place, "deleted", await deleteView(sql, view_id, reader.known, now())),
  }),
  form({
    path: "/views/:view_id/restore",
    fields: ViewForm,
    access: edit.experiment,
    handle: async ({ sql, reader }, { view_id, ...place }) =>
      told(place, "restored", await restoreView(sql, view_id, reader.known)),
  }),
];

/**
 * Leads the bare address of an experiment to its default view. Only the bare one: whatever was chosen on the page, also that nothing
 * is filtered, stands in the query, and links of the page always have one.
 */
export function mountDefaultViews(app: Hono, { sql }: Services): void {
  app.get("/experiments/:experiment_id{[0-9]+}", async (context: Context, next) => {
    if (new URL(context.req.url).search !== "") return await next();
    authorize(read.experiment, context);
    const view = await defaultView(sql, context.req.param("experiment_id") ?? "", readerOf(context).known);
    if (view === undefined) return await next();
    return context.redirect(viewHref(view), 302);
  });
}
