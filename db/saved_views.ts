import { type ApiError, notFound } from "../domain/errors.ts";
import { experimentNumber } from "../domain/experiments.ts";
import { newRunId } from "../domain/ids.ts";
import type { SavedView, ViewPage } from "../domain/saved_views.ts";
import { getExperiment } from "./experiments.ts";
import type { Fragment } from "./filter_sql.ts";
import { type Sql, transaction } from "./sql.ts";

interface ViewRow {
  view_id: string;
  page: ViewPage;
  experiment_id: string | null;
  query: string;
  name: string;
  owner: string;
  shared: boolean;
  is_default: boolean;
}

const toView = ({ experiment_id, ...view }: ViewRow): SavedView => ({
  ...view,
  ...(experiment_id !== null && { experiment_id }),
});

/** Who asks: the id of a browser, when it has one. */
type Reader = string | undefined;

const columns = (sql: Sql): Fragment =>
  sql`view_id, page, experiment_id::text, query, name, owner, reader is null as shared, is_default`;

/** What is not deleted and this reader's to see and to change. */
const visible = (sql: Sql, reader: Reader): Fragment =>
  sql`deleted_time is null and (reader is null or reader = ${reader ?? null}::text)`;

const mostViews = 500;

/** The views of an experiment, or of the comparison (undefined), that a reader sees; by name. */
export async function savedViews(sql: Sql, experiment_id: string | undefined, reader: Reader): Promise<SavedView[]> {
  const of = experiment_id === undefined
    ? sql`experiment_id is null`
    : sql`experiment_id = ${experimentNumber(experiment_id)}`;
  const rows = await sql<ViewRow[]>`
    select ${columns(sql)} from weir.saved_views where ${of} and ${visible(sql, reader)}
    order by lower(name), view_id limit ${mostViews}`;
  return rows.map(toView);
}

/** A view by its id, one that was deleted lately too; undefined when there is none for this reader. */
export async function getSavedView(sql: Sql, view_id: string, reader: Reader): Promise<SavedView | undefined> {
  const [row] = await sql<ViewRow[]>`
    select ${columns(sql)} from weir.saved_views
    where view_id = ${view_id} and (reader is null or reader = ${reader ?? null}::text)`;
  return row && toView(row);
}

/** What an experiment opens with: the reader's own choice, or else everybody's. */
export async function defaultView(sql: Sql, experiment_id: string, reader: Reader): Promise<SavedView | undefined> {
  const [row] = await sql<ViewRow[]>`
    select ${columns(sql)} from weir.saved_views
    where experiment_id = ${experimentNumber(experiment_id)} and is_default and ${visible(sql, reader)}
    order by reader nulls last limit 1`;
  return row && toView(row);
}

export interface NewView {
  page: ViewPage;
  /** Undefined for the comparison. */
  experiment_id: string | undefined;
  query: string;
  name: string;
  owner: string;
  /** Whose it is; undefined is everybody's. */
  reader: Reader;
}

/** Days in which a deleted view can be had back, in milliseconds. */
const keptDeleted = 30 * 86_400_000;

/** Saves a view and answers its id; forgets those that were deleted long ago. RESOURCE_DOES_NOT_EXIST for an unknown experiment. */
export async function createView(sql: Sql, view: NewView, now: number): Promise<string> {
  if (view.experiment_id !== undefined) await getExperiment(sql, view.experiment_id);
  const experiment = view.experiment_id === undefined ? null : experimentNumber(view.experiment_id);
  const view_id = newRunId();
  await sql`
    with gone as (delete from weir.saved_views where deleted_time < ${now - keptDeleted}::bigint)
    insert into weir.saved_views (view_id, experiment_id, page, query, name, owner, reader, created_time, last_update_time)
    values (${view_id}, ${experiment}::bigint, ${view.page}, ${view.query}, ${view.name}, ${view.owner},
      ${view.reader ?? null}, ${now}, ${now})`;
  return view_id;
}

/** Renames a view, or gives it another query. RESOURCE_DOES_NOT_EXIST when there is none that the reader sees. */
export async function changeView(
  sql: Sql,
  view_id: string,
  reader: Reader,
  change: { name?: string; query?: string },
  now: number,
): Promise<SavedView> {
  const [row] = await sql<ViewRow[]>`
    update weir.saved_views set name = coalesce(${change.name ?? null}, name), query = coalesce(${
    change.query ?? null
  }, query), last_update_time = ${now}
    where view_id = ${view_id} and ${visible(sql, reader)} returning ${columns(sql)}`;
  return row ? toView(row) : missing(view_id);
}

/** RESOURCE_DOES_NOT_EXIST when there is none that the reader sees. */
export async function deleteView(sql: Sql, view_id: string, reader: Reader, now: number): Promise<SavedView> {
  const [row] = await sql<ViewRow[]>`
    update weir.saved_views set deleted_time = ${now}
    where view_id = ${view_id} and ${visible(sql, reader)} returning ${columns(sql)}`;
  return row ? toView(row) : missing(view_id);
}

/** What was the default meanwhile stays it. RESOURCE_DOES_NOT_EXIST when there is no deleted view of this reader's. */
export async function restoreView(sql: Sql, view_id: string, reader: Reader): Promise<SavedView> {
  return await transaction(sql, async (tx) => {
    await lockExperimentOf(tx, view_id);
    const [row] = await tx<ViewRow[]>`
      update weir.saved_views v set deleted_time = null, is_default = v.is_default and not exists (
        select from weir.saved_views o where o.experiment_id = v.experiment_id and o.is_default
          and o.deleted_time is null and o.reader is not distinct from v.reader)
      where view_id = ${view_id} and deleted_time is not null and (reader is null or reader = ${reader ?? null}::text)
      returning ${columns(tx)}`;
    return row ? toView(row) : missing(view_id);
  });
}

/** Makes a view the one that its experiment opens with, for those who see it, or no longer. Of each reader's there is one at most. */
export async function setDefaultView(
  sql: Sql,
  view_id: string,
  reader: Reader,
  is_default: boolean,
): Promise<SavedView> {
  return await transaction(sql, async (tx) => {
    await lockExperimentOf(tx, view_id);
    await tx`
      update weir.saved_views o set is_default = false from weir.saved_views v
      where v.view_id = ${view_id} and o.experiment_id = v.experiment_id and o.is_default and o.view_id <> v.view_id
        and o.reader is not distinct from v.reader and (v.reader is null or v.reader = ${reader ?? null}::text)
        and ${is_default}`;
    const [row] = await tx<ViewRow[]>`
      update weir.saved_views set is_default = ${is_default} and experiment_id is not null
      where view_id = ${view_id} and ${visible(tx, reader)} returning ${columns(tx)}`;
    return row ? toView(row) : missing(view_id);
  });
}

/** Two that choose a default at once do so one after the other. */
async function lockExperimentOf(tx: Sql, view_id: string): Promise<void> {
  await tx`
    select from weir.experiments
    where experiment_id = (select experiment_id from weir.saved_views where view_id = ${view_id}) for no key update`;
}

function missing(view_id: string): never {
  throw unknownView(view_id);
}

const unknownView = (view_id: string): ApiError => notFound(`There is no saved view with the id ${view_id}.`);
