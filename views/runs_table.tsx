import { orderText } from "../domain/columns.ts";
import type { Experiment, Run } from "../domain/entities.ts";
import { type Count, counted, countText } from "../domain/format.ts";
import { pageSizes } from "../domain/list_view.ts";
import type { Direction } from "../domain/metric_names.ts";
import { nestRuns } from "../domain/nested_runs.ts";
import { type RunsView, viewRuns } from "../domain/runs_view.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { DeletedNote, descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path } from "./links.ts";
import { Empty, type FilterFault, PageFoot, PageHead, Snippet, type Tab, Tabs } from "./parts.tsx";
import { type Chip, RunsBar } from "./runs_bar.tsx";
import type { AvailableColumns } from "./runs_columns.tsx";
import { RunsGrid, swapsRegion } from "./runs_grid.tsx";
import { currentOrder, runsHref, runsPath, runsQuery } from "./runs_links.ts";
import { DoneNote, Selection } from "./runs_selection.tsx";
import { Shell } from "./shell.tsx";
import { curlRun, pythonRun } from "./snippets.ts";

export interface RunsPageProps {
  experiment: Experiment;
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
  tabs?: readonly Tab[];
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
    <Shell title={experiment.name} current="experiments" scripts={["runs.js"]} fills>
      <PageHead crumbs={crumbs} title={last} description={descriptionOf(experiment)}>
        <Live {...props} />
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <Tabs tabs={props.tabs ?? []} />
      {deleted && <DeletedNote experiment={experiment} />}
      <DoneNote experiment_id={experiment.experiment_id} view={view} />
      <RunsRegion {...props} />
    </Shell>
  );
}

/** The part of the page that a filter, an order, a choice of columns or a page changes. */
export function RunsRegion(props: RunsPageProps) {
  const { experiment: { experiment_id }, view, runs, error } = props;
  const columns = viewRuns(runs, {
    columns: view.columns,
    differ: view.differ === "only",
    order: currentOrder(view),
    now: props.now,
    ...(props.directions && { directions: props.directions }),
  });
  const untouched = view.filter === "" && view.view === "active" && view.page_token === undefined;
  if (runs.length === 0 && untouched) return <NoRuns {...props} />;
  return (
    <div id="runs" class="fill" hx-boost:inherited={swapsRegion} hx-history-elt="">
      <RunsBar
        experiment_id={experiment_id}
        view={view}
        columns={columns}
        available={props.available}
        chips={props.chips ?? []}
        error={error}
      />
      {runs.length === 0 ? error === undefined && <NoMatch {...props} /> : <Table {...props} columns={columns} />}
      {runs.length > 0 && <Foot {...props} />}
    </div>
  );
}

function Table(props: RunsPageProps & { columns: RunsView }) {
  const { experiment, view, runs, columns } = props;
  const order = currentOrder(view);
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
        now={props.now}
      />
    </Selection>
  );
}

function Foot(props: RunsPageProps) {
  const { experiment: { experiment_id }, view, runs, next_page_token, all } = props;
  const whole = all === undefined ? undefined : countText(all);
  const { max_results: _, ...others } = runsQuery(view);
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
      <form class="lo" action={href(runsPath(experiment_id))}>
        <HiddenFields query={others} />
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
    </PageFoot>
  );
}

/** How many runs are running; the browser keeps it true. */
function Live({ experiment, running }: RunsPageProps) {
  if (running === undefined) return null;
  return (
    <span class="live" id="live" data-events={href(path`/experiments/${experiment.experiment_id}/events`)}>
      {running === 0 ? "Nothing running" : `${counted(running, "run")} running`}
    </span>
  );
}

function NoRuns({ experiment, server, now }: RunsPageProps) {
  return (
    <Empty title="No runs yet">
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
function crumbsOf(name: string) {
  const parts = name.split("/");
  const last = parts.at(-1) || name;
  const above = last === name ? [] : parts.slice(0, -1);
  const crumbs = above.map((text, i) => ({
    text,
    href: href(path`/experiments`, { search: `${above.slice(0, i + 1).join("/")}/` }),
  }));
  return { crumbs: [{ text: "Experiments", href: href(path`/experiments`) }, ...crumbs], last };
}
