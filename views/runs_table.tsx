import { orderText } from "../domain/columns.ts";
import { baselineTag } from "../domain/comparison.ts";
import type { Experiment, Run } from "../domain/entities.ts";
import { type Count, counted, countText } from "../domain/format.ts";
import { pageSizes } from "../domain/list_view.ts";
import type { Direction } from "../domain/metric_names.ts";
import { nestRuns } from "../domain/nested_runs.ts";
import { type RunModel, type RunsView, viewRuns } from "../domain/runs_view.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { DeletedNote, descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { ExperimentTabs, type ExperimentTabsProps } from "./experiment_tabs.tsx";
import type { Chip } from "./filter_box.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path, queryText } from "./links.ts";
import { Empty, type FilterFault, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { RunsBar } from "./runs_bar.tsx";
import type { AvailableColumns } from "./runs_columns.tsx";
import { RunsGrid } from "./runs_grid.tsx";
import { GroupsGrid, type GroupsGridProps } from "./runs_groups.tsx";
import { currentGroupOrder, currentOrder, runsHref, runsPath, runsQuery } from "./runs_links.ts";
import { Selection } from "./runs_selection.tsx";
import { ChangeNote, type ChangeNoteProps } from "./run_changes.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
import { swapsRegion } from "./run_name.tsx";
import { Shell } from "./shell.tsx";
import { curlRun, pythonRun } from "./snippets.ts";

export interface RunsPageProps {
  experiment: Experiment;
  /** How much the tabs hold. */
  counts?: ExperimentTabsProps["counts"];
  view: RunsQuery;
  /** One page of the search, in its order. */
  runs: readonly Run[];
  next_page_token?: string | undefined;
  /** How many runs match. */
  total: Count;
  /** How many runs the experiment has, when a filter is set. */
  all?: Count | undefined;
  /** How many runs are running. */
  running?: number | undefined;
  /** What the page knows already of what changes: the id of an event. */
  since?: string;
  available: AvailableColumns;
  /** The filter in words. */
  chips?: readonly Chip[];
  /** What is wrong with the filter; then there are no runs. */
  error?: FilterFault | undefined;
  /** Children of the runs shown, in the whole experiment, by run id. */
  childCounts?: ReadonlyMap<string, number>;
  /** The runs of `view.runs`, also those of other pages. */
  selected?: readonly { run_id: string; run_name: string }[];
  directions?: ReadonlyMap<string, Direction>;
  /** What models the runs made, by run id. */
  models?: ReadonlyMap<string, readonly RunModel[]>;
  /** Instead of the runs, where they are grouped. */
  grouped?:
    | (Pick<GroupsGridProps, "column" | "groups" | "metrics" | "opened"> & { total: number; runs: number })
    | undefined;
  views?: SavedViewsProps | undefined;
  /** What was just done to runs. */
  changed?: ChangeNoteProps | undefined;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/experiments/:id`: the runs of an experiment. */
export function RunsPage(props: RunsPageProps) {
  const { experiment, view } = props;
  const { crumbs, last } = crumbsOf(experiment.name);
  const deleted = experiment.lifecycle_stage === "deleted";
  return (
    <Shell
      title={experiment.name}
      current="experiments"
      scripts={["runs.js", "columns.js", "complete.js", "saved_views.js", "selection.js"]}
      fills
    >
      <PageHead crumbs={crumbs} title={last} about={descriptionOf(experiment)}>
        <Live {...props} />
        {props.views && <SavedViews {...props.views} />}
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <ExperimentTabs experiment_id={experiment.experiment_id} current="table" view={view} counts={props.counts} />
      {deleted && <DeletedNote experiment={experiment} />}
      {props.changed && (
        <ChangeNote {...props.changed} experiment_id={experiment.experiment_id} back={queryText(runsQuery(view))} />
      )}
      <RunsRegion {...props} />
    </Shell>
  );
}

/** The part of the page that a filter, an order, a choice of columns or a page changes. */
export function RunsRegion(props: RunsPageProps) {
  const { experiment: { experiment_id }, view, runs, error, grouped } = props;
  const columns = viewRuns(runs, {
    columns: grouped && view.columns.length === 0 ? grouped.metrics.map((key) => `metrics.${key}`) : view.columns,
    differ: view.differ === "only",
    order: currentOrder(view),
    now: props.now,
    ...(props.models && { models: props.models }),
    ...(props.directions && { directions: props.directions }),
  });
  const untouched = view.filter === "" && view.view === "active" && view.page_token === undefined;
  const rows = grouped?.groups ?? runs;
  const isNew = rows.length === 0 && untouched && error === undefined;
  const { filter, view: which } = view;
  const events = props.since && error === undefined
    ? href(path`/experiments/${experiment_id}/events`, { filter, view: which, since: props.since })
    : undefined;
  return (
    <div id="runs" class="fill" hx-boost:inherited={swapsRegion} hx-history-elt="" data-events={events}>
      {isNew ? <NoRuns {...props} /> : <Filled {...props} columns={columns} />}
    </div>
  );
}

/** Where an experiment has runs, or a filter. */
function Filled(props: RunsPageProps & { columns: RunsView }) {
  const { experiment: { experiment_id }, view, error, columns } = props;
  const rows = props.grouped?.groups ?? props.runs;
  return (
    <>
      <RunsBar
        experiment_id={experiment_id}
        view={view}
        columns={columns}
        available={props.available}
        chips={props.chips ?? []}
        error={error}
      />
      {rows.length === 0 ? error === undefined && <NoMatch {...props} /> : <Table {...props} columns={columns} />}
      {rows.length > 0 && <Foot {...props} />}
    </>
  );
}

function Table(props: RunsPageProps & { columns: RunsView }) {
  const { experiment, view, runs, columns, grouped } = props;
  const order = currentOrder(view);
  if (grouped !== undefined) return <Groups {...props} grouped={grouped} />;
  return (
    <Selection experiment_id={experiment.experiment_id} view={view} runs={runs} selected={props.selected ?? []}>
      <RunsGrid
        experiment_id={experiment.experiment_id}
        caption={`Runs of ${experiment.name}${order === undefined ? "" : `, ordered by ${orderText(order)}`}`}
        view={view}
        rows={nestRuns(runs, new Set(view.closed))}
        columns={columns}
        places={new Map(runs.map((run, i) => [run.info.run_id, i]))}
        childCounts={props.childCounts ?? new Map()}
        available={{
          metrics: props.available.metrics.length,
          params: props.available.params.length,
          tags: props.available.tags.length,
        }}
        models={props.models ?? new Map()}
        baseline={view.baseline ?? experiment.tags?.find(({ key }) => key === baselineTag)?.value}
        now={props.now}
      />
    </Selection>
  );
}

function Groups(props: RunsPageProps & { grouped: NonNullable<RunsPageProps["grouped"]> }) {
  const { experiment: { experiment_id, name }, view, grouped, selected = [], directions } = props;
  const order = currentGroupOrder(view);
  const by = order.by === "metric" ? `the mean of ${order.key}` : order.by === "runs" ? "their size" : "name";
  return (
    <Selection experiment_id={experiment_id} view={view} runs={[...grouped.opened.values()].flat()} selected={selected}>
      <GroupsGrid
        {...grouped}
        experiment_id={experiment_id}
        caption={`Runs of ${name} grouped by ${grouped.column.key}, ordered by ${by}`}
        view={view}
        directions={directions}
      />
    </Selection>
  );
}

function Foot(props: RunsPageProps) {
  if (props.grouped !== undefined) return <GroupsFoot {...props} grouped={props.grouped} />;
  const { experiment: { experiment_id }, view, runs, next_page_token, all } = props;
  const whole = all === undefined ? undefined : countText(all);
  return (
    <PageFoot
      shown={runs.length}
      total={props.total}
      noun="run"
      adjective={view.filter === "" ? undefined : "matching"}
      note={whole === undefined || view.filter === "" ? undefined : `${whole} in this experiment`}
      first={view.page_token === undefined ? undefined : runsHref(experiment_id, view)}
      next={next_page_token === undefined ? undefined : runsHref(experiment_id, view, { page_token: next_page_token })}
    >
      <span class="lo needsjs">
        <kbd>J</kbd> <kbd>K</kbd> move <kbd>X</kbd> select <kbd>?</kbd> all keys
      </span>
      <PageSize {...props} />
    </PageFoot>
  );
}

/** Groups beyond the first have no pages: they are put together anew for each look, and a page might skip one. */
function GroupsFoot(props: RunsPageProps & { grouped: NonNullable<RunsPageProps["grouped"]> }) {
  const { grouped: { groups, total, runs }, view } = props;
  const left = total > groups.length ? "; a filter brings those left out" : "";
  return (
    <PageFoot
      shown={groups.length}
      total={{ kind: "exact", count: total }}
      noun="group"
      note={`${counted(runs, view.filter === "" ? "run" : "matching run")} in all groups${left}`}
    >
      <PageSize {...props} />
    </PageFoot>
  );
}

function PageSize({ experiment: { experiment_id }, view }: RunsPageProps) {
  return (
    <form class="lo" action={href(runsPath(experiment_id))}>
      <HiddenFields query={{ ...runsQuery(view), max_results: undefined }} />
      <label>
        Rows
        <select name="max_results" data-submits aria-label="Rows per page">
          {pageSizes.map((size) => (
            <option value={String(size)} selected={size === view.max_results || undefined}>{size}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="nojs">Go</button>
    </form>
  );
}

/** How many runs are running; the browser keeps it true. */
function Live({ running }: RunsPageProps) {
  if (running === undefined) return null;
  return (
    <span class="live" id="live">
      {running === 0 ? "Nothing running" : `${counted(running, "run")} running`}
    </span>
  );
}

function NoRuns({ experiment, server, now }: RunsPageProps) {
  return (
    <Empty title="No runs yet">
      <p id="fresh" role="status"></p>
      <p>
        Log the first one from Python (<code>pip install mlflow</code>):
      </p>
      <Snippet label="A first run in Python" code={pythonRun(server, experiment.name)} />
      <p>Or over HTTP, from anything else:</p>
      <Snippet label="A first run with curl" code={curlRun(server, experiment.experiment_id, now)} />
    </Empty>
  );
}

function NoMatch({ experiment, view }: RunsPageProps) {
  const what = view.view === "deleted" && view.filter === "" ? "No deleted runs" : "No run matches";
  return (
    <Empty title={what}>
      <p>
        {view.filter === ""
          ? <a href={runsHref(experiment.experiment_id, view, { view: undefined })}>Show the active runs</a>
          : <a href={runsHref(experiment.experiment_id, view, { filter: undefined })}>Clear the filter</a>}
      </p>
    </Empty>
  );
}

/** `vision/imagenet` stands below `vision`, which the list of experiments can show alone. */
export function crumbsOf(name: string) {
  const parts = name.split("/");
  const last = parts.at(-1) || name;
  const above = last === name ? [] : parts.slice(0, -1);
  const crumbs = above.map((text, i) => ({
    text,
    href: href(path`/experiments`, { search: `${above.slice(0, i + 1).join("/")}/` }),
  }));
  return { crumbs: [{ text: "Experiments", href: href(path`/experiments`) }, ...crumbs], last };
}
