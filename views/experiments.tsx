import type { Experiment } from "../domain/entities.ts";
import { type TreeLine, treeLines } from "../domain/experiment_tree.ts";
import { age, bytes, type Count, count, counted } from "../domain/format.ts";
import type { ExperimentsQuery } from "../wire/pages.ts";
import { CreateForm, DeleteForm, descriptionOf, EditForm, RestoreForm } from "./experiment_forms.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Badge, Empty, Menu, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { ViewSwitch } from "./runs_bar.tsx";
import { Shell } from "./shell.tsx";
import { curlExperiment, pythonRun } from "./snippets.ts";

/** An experiment in the list. */
export interface ExperimentRow {
  experiment: Experiment;
  /** Runs that are not deleted; left out when counting them takes too long. */
  active_runs?: number | undefined;
  /** Runs that are running now. */
  running?: number | undefined;
  /** When a run last began or ended, or the experiment was changed; ms since the epoch. */
  last_activity?: number | undefined;
  /** What its runs and models have in the artifact store; left out where that is not known, or nothing. */
  artifacts?: { files: number; bytes: number } | undefined;
}

export interface ExperimentsPageProps {
  view: ExperimentsQuery;
  /** One page, ordered as the view says. */
  experiments: readonly ExperimentRow[];
  next_page_token?: string | undefined;
  total: Count;
  /** The experiment that `view.touched` names, where a form did something to it. */
  touched?: Experiment | undefined;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/experiments`: all experiments, as a tree of their names. */
export function ExperimentsPage(props: ExperimentsPageProps) {
  return (
    <Shell title="Experiments" current="experiments" fills>
      <PageHead crumbs={[]} title="Experiments">
        <Menu icon="add" text="New experiment">
          <CreateForm />
        </Menu>
      </PageHead>
      <Done {...props} />
      <ExperimentsRegion {...props} />
    </Shell>
  );
}

const swaps = "target:#experiments, select:#experiments, swap:outerHTML";

/** The part of the page that a search, an order or a page changes. */
export function ExperimentsRegion(props: ExperimentsPageProps) {
  const { view, experiments, next_page_token } = props;
  if (experiments.length === 0 && view.search === "" && view.view === "active") return <NoExperiments {...props} />;
  const first = view.page_token === undefined ? undefined : listHref(view);
  return (
    <div id="experiments" class="fill" hx-boost:inherited={swaps} hx-history-elt="">
      <div class="bar">
        <Search view={view} />
        <ViewSwitch view={view.view} hrefOf={(to) => listHref(view, { view: to === "active" ? undefined : to })} />
      </div>
      {experiments.length === 0 ? <NoMatch view={view} /> : <Table {...props} />}
      {experiments.length > 0 && (
        <PageFoot
          shown={experiments.length}
          total={props.total}
          noun="experiment"
          adjective={view.search === "" ? undefined : "matching"}
          first={first}
          next={next_page_token === undefined ? undefined : listHref(view, { page_token: next_page_token })}
        />
      )}
    </div>
  );
}

function listHref(view: ExperimentsQuery, changes: Query = {}): string {
  return href(path`/experiments`, { ...listQuery(view), ...changes });
}

function listQuery({ search, view, order_by }: ExperimentsQuery): Query {
  return {
    search,
    view: view === "active" ? undefined : view,
    order_by: order_by === "name" ? undefined : order_by,
  };
}

function Search({ view }: { view: ExperimentsQuery }) {
  return (
    <form class="find" role="search" aria-label="Experiments" action={href(path`/experiments`)}>
      <label class="sr" for="search">Find experiments by name</label>
      <Icon name="search" />
      <input
        id="search"
        name="search"
        type="search"
        value={view.search}
        placeholder="Find by name"
        autocomplete="off"
        data-slash
      />
      <kbd class="needsjs">/</kbd>
      <HiddenFields query={{ ...listQuery(view), search: undefined }} />
    </form>
  );
}

function Table(props: ExperimentsPageProps) {
  const { view, experiments } = props;
  const lines = view.order_by === "name"
    ? treeLines(experiments, ({ experiment }) => experiment.name)
    : experiments.map((item): TreeLine<ExperimentRow> => ({ label: item.experiment.name, depth: 0, item }));
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Experiments table">
      <table class="grid names">
        <caption class="sr">Experiments, {view.order_by === "name" ? "by name" : "last active first"}</caption>
        <thead>
          <tr>
            <th class="k" scope="col" aria-sort={view.order_by === "name" ? "ascending" : undefined}>
              <a href={listHref(view, { order_by: undefined })}>Name{view.order_by === "name" && " ↑"}</a>
            </th>
            <th class="r" scope="col">Runs</th>
            <th class="lo" scope="col">
              <span class="sr">Running</span>
            </th>
            <th class="r" scope="col" aria-sort={view.order_by === "name" ? undefined : "ascending"}>
              <a href={listHref(view, { order_by: "last_update_time" })}>
                Last active{view.order_by !== "name" && " ↑"}
              </a>
            </th>
            <th class="r lo" scope="col">Size</th>
            <th class="lo" scope="col">Description</th>
            <th class="lo" scope="col">Tags</th>
            <th class="r" scope="col">
              <span class="sr">Change</span>
            </th>
          </tr>
        </thead>
        <tbody hx-boost:inherited="false">{lines.map((line) => <Line {...props} line={line} />)}</tbody>
      </table>
    </div>
  );
}

function Line(props: ExperimentsPageProps & { line: TreeLine<ExperimentRow> }) {
  const { line: { label, depth, item }, view, now } = props;
  const indent = depth > 0 ? `--d:${depth}` : undefined;
  if (item === undefined) return <Branch label={label} indent={indent} />;
  const { experiment, active_runs, running, last_activity, artifacts } = item;
  return (
    <>
      <tr>
        <th scope="row" class={experiment.lifecycle_stage === "deleted" ? "k gone" : "k"} style={indent}>
          <Icon name="flask" />
          <a href={href(path`/experiments/${experiment.experiment_id}`)}>{label}</a>
        </th>
        <td class="r">{active_runs === undefined ? "" : count(active_runs)}</td>
        <td class="lo">{running ? <span class="st running">{count(running)} running</span> : ""}</td>
        <td class="r">{last_activity === undefined ? "" : age(now - last_activity)}</td>
        <td
          class="r lo"
          title={artifacts && `${counted(artifacts.bytes, "byte")} in ${counted(artifacts.files, "file")}`}
        >
          {artifacts === undefined ? "" : bytes(artifacts.bytes)}
        </td>
        <td class="lo d">{descriptionOf(experiment)}</td>
        <td class="lo">
          <Tags experiment={experiment} />
        </td>
        <td class="r">
          <Change experiment={experiment} view={view} />
        </td>
      </tr>
      {view.edit === experiment.experiment_id && <EditRow experiment={experiment} />}
    </>
  );
}

function Branch({ label, indent }: { label: string; indent: string | undefined }) {
  return (
    <tr class="branch">
      <th scope="rowgroup" class="k" style={indent}>
        <Icon name="folder" />
        {label}
      </th>
      <td colspan={7}></td>
    </tr>
  );
}

/** Tags that people set: all but MLflow's own; three, and how many more. */
function Tags({ experiment }: { experiment: Experiment }) {
  const own = (experiment.tags ?? []).filter(({ key }) => !key.startsWith("mlflow."));
  const text = ({ key, value }: { key: string; value: string }) => value === "" ? key : `${key}: ${value}`;
  const rest = own.slice(3);
  return (
    <>
      {own.slice(0, 3).map((tag) => (
        <>
          <Badge>{text(tag)}</Badge>
          {" "}
        </>
      ))}
      {rest.length > 0 && <span title={rest.map(text).join("\n")}>+{rest.length}</span>}
    </>
  );
}

function Change({ experiment, view }: { experiment: Experiment; view: ExperimentsQuery }) {
  if (experiment.lifecycle_stage === "deleted") return <RestoreForm experiment={experiment} />;
  const open = view.edit === experiment.experiment_id;
  return (
    <a
      class="btn sq ghost"
      id={`edit-${experiment.experiment_id}`}
      hx-boost={swaps}
      href={listHref(view, { page_token: view.page_token, edit: open ? undefined : experiment.experiment_id })}
      aria-expanded={open ? "true" : "false"}
      aria-label={`Rename, describe or delete ${experiment.name}`}
      title="Rename, describe, delete"
    >
      <Icon name={open ? "close" : "edit"} />
    </a>
  );
}

function EditRow({ experiment }: { experiment: Experiment }) {
  return (
    <tr class="edit">
      <td colspan={8}>
        <EditForm experiment={experiment} />
        <DeleteForm experiment={experiment} />
      </td>
    </tr>
  );
}

function Done({ view, touched }: ExperimentsPageProps) {
  if (view.done === undefined || touched === undefined) return null;
  const words = {
    created: "was created.",
    changed: "was changed.",
    deleted: "was moved to the bin.",
    restored: "was restored.",
  };
  return (
    <div class="note" role="status">
      <p>
        <b>{touched.name}</b> {words[view.done]}{" "}
        {view.done === "deleted" && <a href={href(path`/bin`)}>Open the bin</a>}
      </p>
      {view.done === "deleted" && <RestoreForm experiment={touched} label="Undo" />}
    </div>
  );
}

function NoMatch({ view }: { view: ExperimentsQuery }) {
  return (
    <Empty title={view.search === "" ? "No deleted experiments" : "No experiment has this in its name"}>
      <p>
        <a href={listHref(view, { search: undefined, view: undefined })}>Show all experiments</a>
      </p>
    </Empty>
  );
}

function NoExperiments({ server }: ExperimentsPageProps) {
  return (
    <Empty title="No experiments yet">
      <p>
        An experiment holds the runs of one question. It is created with its first run, from Python (<code>
          pip install mlflow
        </code>):
      </p>
      <Snippet label="A first run in Python" code={pythonRun(server, "my-experiment")} />
      <p>Or over HTTP, from anything else, or with the button above:</p>
      <Snippet label="An experiment with curl" code={curlExperiment(server, "my-experiment")} />
    </Empty>
  );
}
