import { columnCount, datasetFilter, sourceLine, sourcePage } from "../domain/datasets.ts";
import type { Experiment } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import type { ExperimentDatasetsQuery } from "../wire/pages_experiment.ts";
import { descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { ExperimentTabs, type ExperimentTabsProps } from "./experiment_tabs.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Empty, PageFoot, PageHead, Snippet, Time } from "./parts.tsx";
import { crumbsOf } from "./runs_table.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
import { Shell } from "./shell.tsx";
import { pythonDataset } from "./snippets.ts";

/** A dataset, and how many active runs were given it for what. */
export interface ShownDataset {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  runs: number;
  contexts: readonly { context: string; runs: number }[];
  /** ms since the epoch; null where all of the runs are deleted. */
  last_start: number | null;
}

export interface ExperimentDatasetsProps {
  experiment: Experiment;
  /** How much the tabs hold. */
  counts?: ExperimentTabsProps["counts"];
  view: ExperimentDatasetsQuery;
  /** One page, by name. */
  datasets: readonly ShownDataset[];
  next_page_token?: string | undefined;
  views: SavedViewsProps;
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/experiments/:id/datasets`: what the runs of an experiment were given. */
export function ExperimentDatasets(props: ExperimentDatasetsProps) {
  const { experiment, view, datasets } = props;
  const { crumbs, last } = crumbsOf(experiment.name);
  const untouched = view.search === "" && view.page_token === undefined;
  return (
    <Shell title={`Datasets of ${experiment.name}`} current="experiments" scripts={["saved_views.js"]} fills>
      <PageHead crumbs={crumbs} title={last} description={descriptionOf(experiment)}>
        <SavedViews {...props.views} />
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <ExperimentTabs experiment_id={experiment.experiment_id} current="datasets" view={view} counts={props.counts} />
      {datasets.length === 0 && untouched ? <NoDatasets {...props} /> : <Region {...props} />}
    </Shell>
  );
}

/** What the address says beside the page. */
const queryOf = ({ search, filter, order_by, view, group, runs }: ExperimentDatasetsQuery): Query => ({
  search,
  filter,
  order_by,
  view: view === "active" ? undefined : view,
  group,
  runs,
});

const datasetsHref = (view: ExperimentDatasetsQuery, changes: Query = {}): string =>
  href(path`/experiments/${view.experiment_id}/datasets`, { ...queryOf(view), ...changes });

const swaps = "target:#datasets, select:#datasets, swap:outerHTML";

function Region(props: ExperimentDatasetsProps) {
  const { view, datasets } = props;
  return (
    <div id="datasets" class="fill" hx-boost:inherited={swaps}>
      <div class="bar w">
        <Search view={view} />
      </div>
      {datasets.length === 0
        ? (
          <Empty title="No dataset matches">
            <p>
              <a href={datasetsHref(view, { search: undefined })}>Show all datasets</a>
            </p>
          </Empty>
        )
        : <Table {...props} />}
      {datasets.length > 0 && <Foot {...props} />}
    </div>
  );
}

function Foot({ view, datasets, next_page_token }: ExperimentDatasetsProps) {
  const whole = view.page_token === undefined && next_page_token === undefined;
  return (
    <PageFoot
      shown={datasets.length}
      total={whole ? { kind: "exact", count: datasets.length } : { kind: "unknown" }}
      noun="dataset"
      adjective={view.search === "" ? undefined : "matching"}
      first={view.page_token === undefined ? undefined : datasetsHref(view)}
      next={next_page_token === undefined ? undefined : datasetsHref(view, { page_token: next_page_token })}
    />
  );
}

function Search({ view }: Pick<ExperimentDatasetsProps, "view">) {
  return (
    <form
      class="find"
      role="search"
      aria-label="Datasets"
      action={href(path`/experiments/${view.experiment_id}/datasets`)}
    >
      <label class="sr" for="search">Find datasets by name</label>
      <Icon name="search" />
      <input
        id="search"
        name="search"
        type="search"
        value={view.search}
        placeholder="Name"
        autocomplete="off"
        maxlength={500}
        data-slash
        dir="auto"
      />
      <kbd class="needsjs">/</kbd>
      <HiddenFields query={{ ...queryOf(view), search: undefined }} />
    </form>
  );
}

function Table({ experiment, datasets, now }: ExperimentDatasetsProps) {
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Datasets table">
      <table class="grid names datasets">
        <caption class="sr">Datasets that runs of {experiment.name} were given</caption>
        <thead>
          <tr>
            <th class="k" scope="col">Dataset</th>
            <th scope="col">Digest</th>
            <th class="r" scope="col">Runs</th>
            <th scope="col">Given for</th>
            <th class="r" scope="col">Last used</th>
            <th class="r lo" scope="col">Columns</th>
            <th class="lo" scope="col">Source</th>
          </tr>
        </thead>
        <tbody hx-boost:inherited="false">
          {datasets.map((dataset) => <Line experiment={experiment} dataset={dataset} now={now} />)}
        </tbody>
      </table>
    </div>
  );
}

function Line({ experiment, dataset, now }: { experiment: Experiment; dataset: ShownDataset; now: number }) {
  const { name, digest, runs, contexts, last_start, schema } = dataset;
  const runsOf = (filter: string): string => href(path`/experiments/${experiment.experiment_id}`, { filter });
  const filter = datasetFilter(dataset);
  return (
    <tr>
      <th scope="row" class="k" title={name}>
        <a href={runsOf(filter)} dir="auto">{name}</a>
      </th>
      <td class="mono">{digest}</td>
      <td class="r">
        {runs === 0 ? <span class="mut">all deleted</span> : <a href={runsOf(filter)}>{counted(runs, "run")}</a>}
      </td>
      <td>
        {contexts.filter(({ context }) => context !== "").map(({ context, runs }, i) => (
          <>
            {i > 0 && ", "}
            <bdi>{context}</bdi> {contexts.length > 1 && <span class="mut">{runs}</span>}
          </>
        ))}
      </td>
      <td class="r mut">{last_start !== null && last_start > 0 && <Time at={last_start} now={now} />}</td>
      <td class="r lo">{columnCount(schema)}</td>
      <td class="lo d">
        <Source dataset={dataset} />
      </td>
    </tr>
  );
}

function Source({ dataset: { source, source_type } }: { dataset: ShownDataset }) {
  const line = sourceLine(source).slice(0, 300);
  const page = sourcePage(source);
  return (
    <>
      {source_type !== "" && <span class="badge">{source_type.slice(0, 40)}</span>}{" "}
      {page === undefined ? <bdi title={line}>{line}</bdi> : <a href={page} rel="noreferrer" title={line}>{line}</a>}
    </>
  );
}

function NoDatasets({ experiment, server }: ExperimentDatasetsProps) {
  return (
    <Empty title="No datasets yet">
      <p>Tell a run what it is given, and see here which runs used the same data.</p>
      <Snippet label="A run with a dataset in Python" code={pythonDataset(server, experiment.name)} />
    </Empty>
  );
}
