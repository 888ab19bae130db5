import { sameQuery, type SavedView, viewLimits, type ViewPage } from "../domain/saved_views.ts";
import type { ViewDeed } from "../wire/pages_views.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, type Path, path, type Query } from "./links.ts";

/** A page whose address may have a name, as it is shown now. */
export interface ViewPlace {
  page: ViewPage;
  /** Left out for the comparison. */
  experiment_id?: string | undefined;
  /** Of the address, without what is only of the moment. */
  query: string;
}

export interface SavedViewsProps {
  place: ViewPlace;
  /** Those that the reader sees, by name. */
  views: readonly SavedView[];
  /** What was just done to a view. */
  did?: { deed: ViewDeed; view: SavedView } | undefined;
  /** What the reader calls themselves. */
  owner: string;
}

const words: Record<ViewPage, string> = {
  runs: "Table",
  charts: "Charts",
  models: "Models",
  datasets: "Datasets",
  evaluation: "Evaluation",
  compare: "Comparison",
};

function pathOf(page: ViewPage, id: string): Path {
  switch (page) {
    case "runs":
      return path`/experiments/${id}`;
    case "charts":
      return path`/experiments/${id}/charts`;
    case "models":
      return path`/experiments/${id}/models`;
    case "datasets":
      return path`/experiments/${id}/datasets`;
    case "evaluation":
      return path`/experiments/${id}/evaluation`;
    case "compare":
      return path`/compare`;
  }
}

/** The address of a view. Never the bare one of an experiment, which leads to its default view. `more` is added to its query. */
export function viewHref({ page, experiment_id = "", query }: ViewPlace, more: Query = {}): string {
  const chosen = new URLSearchParams(query);
  if (page === "runs" && chosen.size === 0) chosen.set("view", "active");
  const fields = Object.fromEntries([...chosen.keys()].map((field) => [field, chosen.getAll(field)]));
  return href(pathOf(page, experiment_id), { ...fields, ...more });
}

/** For the head of a page: the views that were saved of it, and a way to save what it shows now. */
export function SavedViews(props: SavedViewsProps) {
  const { place, views } = props;
  const shown = views.find((view) => view.page === place.page && sameQuery(view.query, place.query));
  return (
    <>
      {props.did !== undefined && <Note {...props.did} place={place} />}
      <details class="menu views">
        <summary class="btn" title="Saved views" aria-label={shown ? `Saved view: ${shown.name}` : "Saved views"}>
          <Icon name="bookmark" />
          <span class="vname" dir="auto">{shown?.name ?? "Views"}</span>
          <Icon name="down" />
        </summary>
        <div>
          <List title="For everyone" {...props} views={views.filter(({ shared }) => shared)} shown={shown} />
          <List title="Only in this browser" {...props} views={views.filter(({ shared }) => !shared)} shown={shown} />
          {views.length === 0 && (
            <p class="mut">A view is a name for what the page shows now: filter, columns, order, charts.</p>
          )}
          <SaveForm {...props} />
        </div>
      </details>
    </>
  );
}

function List({ title, place, views, shown }: SavedViewsProps & { title: string; shown: SavedView | undefined }) {
  if (views.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {views.map((view) => (
          <li>
            <a href={viewHref(view)} aria-current={view === shown ? "true" : undefined} title={view.name}>
              <bdi>{view.name}</bdi>
            </a>
            <span class="mut">{factsOf(view, place)}</span>
            <Edit view={view} place={place} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** "Charts · default · Ada", as far as it is not plain anyway. */
function factsOf(view: SavedView, place: ViewPlace): string {
  return [view.page === place.page ? "" : words[view.page], view.is_default ? "default" : "", view.owner]
    .filter((fact) => fact !== "").join(" · ");
}

/** What can be done to one view. */
function Edit({ view, place }: { view: SavedView; place: ViewPlace }) {
  const { view_id, name, page, is_default } = view;
  return (
    <details class="vedit" name="view-edit">
      <summary class="btn sq ghost" aria-label={`Change the view ${name}`} title="Change">
        <Icon name="edit" />
      </summary>
      <div>
        <Form view_id={view_id} verb="rename" place={place}>
          <NameInput label="New name" value={name} />
          <button type="submit">Rename</button>
        </Form>
        {page === place.page && (
          <Form view_id={view_id} verb="replace" place={place}>
            <button type="submit">Replace by what is shown</button>
          </Form>
        )}
        {view.experiment_id !== undefined && (
          <Form view_id={view_id} verb="default" place={place}>
            <input type="hidden" name="on" value={is_default ? "" : "1"} />
            <button type="submit">{is_default ? "No longer open first" : "Open first"}</button>
          </Form>
        )}
        <Form view_id={view_id} verb="delete" place={place}>
          <button type="submit" class="danger">
            <Icon name="delete" />Delete
          </button>
        </Form>
      </div>
    </details>
  );
}

function NameInput({ label, value, placeholder }: { label?: string; value?: string; placeholder?: string }) {
  return (
    <input
      type="text"
      name="name"
      value={value}
      placeholder={placeholder}
      aria-label={label}
      required
      maxlength={viewLimits.name}
      autocomplete="off"
      dir="auto"
    />
  );
}

type Verb = "rename" | "replace" | "default" | "delete" | "restore";

/** A form that comes back to the page. `saved_views.js` brings its query up to date with the address. */
function Form(props: { view_id: string; verb: Verb; place: ViewPlace; children: unknown }) {
  const { view_id, verb, place } = props;
  return (
    <form method="post" action={href(path`/views/${view_id}/${verb}`)} hx-boost="false" data-view>
      <Place {...place} />
      {props.children}
    </form>
  );
}

function Place({ page, experiment_id, query }: ViewPlace) {
  return (
    <>
      <HiddenFields query={{ page, experiment_id }} />
      <input type="hidden" name="query" value={query} />
    </>
  );
}

function SaveForm({ place, owner }: SavedViewsProps) {
  return (
    <form class="form" method="post" action={href(path`/views`)} hx-boost="false" data-view>
      <Place {...place} />
      <label>
        Save what is shown as
        <NameInput placeholder="Best of this week" />
      </label>
      <fieldset>
        <legend class="sr">For whom</legend>
        <label class="sw">
          <input type="radio" name="whose" value="me" checked />Only in this browser
        </label>
        <label class="sw">
          <input type="radio" name="whose" value="everyone" />For everyone
        </label>
      </fieldset>
      <label class="by">
        Your name
        <input
          type="text"
          name="owner"
          value={owner}
          maxlength={200}
          placeholder="shown beside it"
          autocomplete="name"
          dir="auto"
        />
      </label>
      <div class="acts">
        <button type="submit" class="pri">Save</button>
      </div>
    </form>
  );
}

const deeds: Record<ViewDeed, string> = {
  saved: "was saved",
  renamed: "was renamed",
  replaced: "now means what is shown",
  deleted: "was deleted",
  restored: "is back",
  default: "is what the experiment opens with",
  plain: "no longer opens first",
};

function Note({ deed, view, place }: { deed: ViewDeed; view: SavedView; place: ViewPlace }) {
  return (
    <span class="vnote" role="status">
      <span>
        <bdi title={view.name}>{view.name}</bdi> {deeds[deed]}
      </span>
      {deed === "deleted" && (
        <Form view_id={view.view_id} verb="restore" place={place}>
          <button type="submit">Undo</button>
        </Form>
      )}
    </span>
  );
}
