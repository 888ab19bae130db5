import type { Experiment } from "../domain/entities.ts";
import type { Count } from "../domain/format.ts";
import type { ExperimentsQuery } from "../wire/pages.ts";
import { CreateForm, RestoreForm } from "./experiment_forms.tsx";
import { listHref, listQuery, swaps } from "./experiment_links.ts";
import { ExperimentsTable } from "./experiments_table.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Empty, Menu, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { ViewSwitch } from "./runs_bar.tsx";
import { Shell } from "./shell.tsx";
import { curlExperiment, pythonRun } from "./snippets.ts";

/** An experiment in the list. */
export interface ExperimentRow {
  experiment: Experiment;
  /** Runs that are not deleted. */
  active_runs: Count;
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
        <Menu icon="add" text="New experiment" open={props.view.create}>
          <CreateForm />
        </Menu>
      </PageHead>
      <Done {...props} />
      <ExperimentsRegion {...props} />
    </Shell>
  );
}

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
      {experiments.length === 0 ? <NoMatch view={view} /> : <ExperimentsTable {...props} />}
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
