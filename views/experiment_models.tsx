import { type MetricColumn, type RunsView, viewRuns } from "../domain/runs_view.ts";
import { asRow, modelOrder } from "../domain/experiment_models.ts";
import type { Experiment, LoggedModel, LoggedModelStatus } from "../domain/entities.ts";
import { age } from "../domain/format.ts";
import { type Direction, directionOf } from "../domain/metric_names.ts";
import { runColor } from "../domain/run_color.ts";
import type { ExperimentModelsQuery } from "../wire/pages_experiment.ts";
import { descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { ExperimentTabs, type ExperimentTabsProps } from "./experiment_tabs.tsx";
import { type Chip, FilterBox, FilterChips } from "./filter_box.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path, type Query } from "./links.ts";
import { versionHref } from "./model_parts.tsx";
import { Empty, FilterError, type FilterFault, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { MetricTd, TextTd } from "./runs_grid.tsx";
import { crumbsOf } from "./runs_table.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
import { Shell } from "./shell.tsx";
import { pythonModel } from "./snippets.ts";

export interface ExperimentModelsProps {
  experiment: Experiment;
  /** How much the tabs hold. */
  counts?: ExperimentTabsProps["counts"];
  view: ExperimentModelsQuery;
  /** One page of the search, in its order. */
  models: readonly LoggedModel[];
  next_page_token?: string | undefined;
  /** The filter in words. */
  chips: readonly Chip[];
  error?: FilterFault | undefined;
  /** Names of the runs that made them, by id. */
  runs: ReadonlyMap<string, string>;
  directions?: ReadonlyMap<string, Direction>;
  views: SavedViewsProps;
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/experiments/:id/models`: the logged models of an experiment. */
export function ExperimentModels(props: ExperimentModelsProps) {
  const { experiment, view, models, error } = props;
  const { crumbs, last } = crumbsOf(experiment.name);
  const untouched = view.where === "" && view.page_token === undefined;
  return (
    <Shell title={`Models of ${experiment.name}`} current="experiments" scripts={["saved_views.js"]} fills>
      <PageHead crumbs={crumbs} title={last} description={descriptionOf(experiment)}>
        <SavedViews {...props.views} />
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <ExperimentTabs experiment_id={experiment.experiment_id} current="models" view={view} counts={props.counts} />
      {models.length === 0 && untouched && error === undefined ? <NoModels {...props} /> : <Region {...props} />}
    </Shell>
  );
}

/** The address of the same page with some choices changed. */
const modelsHref = ({ experiment_id, ...view }: ExperimentModelsQuery, changes: Query = {}): string =>
  href(path`/experiments/${experiment_id}/models`, { ...queryOf(view), ...changes });

const queryOf = (
  { where, sort, filter, order_by, view, group, runs }: Omit<ExperimentModelsQuery, "experiment_id">,
) => ({
  where,
  sort,
  filter,
  order_by,
  view: view === "active" ? undefined : view,
  group,
  runs,
});

const swaps = "target:#models, select:#models, swap:outerHTML";

function Region(props: ExperimentModelsProps) {
  const { view, models, error } = props;
  return (
    <div id="models" class="fill" hx-boost:inherited={swaps}>
      <div class="bar w">
        <Filter {...props} />
      </div>
      {error !== undefined && <FilterError id="filter-error" text={view.where} error={error} />}
      {props.chips.length > 0 && (
        <div class="chips">
          <FilterChips chips={props.chips} hrefOf={(where) => modelsHref(view, { where })} />
        </div>
      )}
      {models.length === 0
        ? error === undefined && (
          <Empty title="No model matches">
            <p>
              <a href={modelsHref(view, { where: undefined })}>Clear the filter</a>
            </p>
          </Empty>
        )
        : <Table {...props} />}
      {models.length > 0 && <Foot {...props} />}
    </div>
  );
}

function Foot({ view, models, next_page_token }: ExperimentModelsProps) {
  const whole = view.page_token === undefined && next_page_token === undefined;
  return (
    <PageFoot
      shown={models.length}
      total={whole ? { kind: "exact", count: models.length } : { kind: "unknown" }}
      noun="model"
      adjective={view.where === "" ? undefined : "matching"}
      first={view.page_token === undefined ? undefined : modelsHref(view)}
      next={next_page_token === undefined ? undefined : modelsHref(view, { page_token: next_page_token })}
    />
  );
}

function Filter({ view, error }: ExperimentModelsProps) {
  const { experiment_id, ...rest } = view;
  return (
    <FilterBox
      noun="Models"
      label="Filter models"
      action={href(path`/experiments/${experiment_id}/models`)}
      name="where"
      value={view.where}
      placeholder="metrics.f1 > 0.8 and params.depth = '4'"
      error={error}
    >
      <HiddenFields query={{ ...queryOf(rest), where: undefined }} />
    </FilterBox>
  );
}

const statuses: Record<LoggedModelStatus, { class: string; word: string }> = {
  LOGGED_MODEL_READY: { class: "st finished", word: "Ready" },
  LOGGED_MODEL_PENDING: { class: "st running", word: "Pending" },
  LOGGED_MODEL_UPLOAD_FAILED: { class: "st failed", word: "Upload failed" },
  LOGGED_MODEL_STATUS_UNSPECIFIED: { class: "mut", word: "Unknown" },
};

/** The same table as that of runs: name, state, age, metrics, params, and what is looked up rather than scanned. */
function Table(props: ExperimentModelsProps) {
  const { experiment, models, now, directions } = props;
  const columns = viewRuns(models.map(asRow), { now, ...(directions && { directions }) });
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Models table">
      <table class="grid runs names f3">
        <caption class="sr">Logged models of {experiment.name}</caption>
        <thead>
          <tr>
            <Head {...props} field="name" text="Model" class="k" />
            <Head {...props} field="status" text="Status" />
            <Head {...props} field="creation_timestamp_ms" text="Age" class="r" />
            {columns.metrics.map((column) => <MetricHead {...props} column={column} />)}
            {columns.params.map(({ key, numeric }) => <th scope="col" class={numeric ? "r" : undefined}>{key}</th>)}
            <Head {...props} field="model_type" text="Type" />
            <Head {...props} field="source_run_id" text="Run" />
            <th scope="col">Registered as</th>
          </tr>
        </thead>
        <tbody hx-boost:inherited="false">
          {models.map((model, at) => <Row {...props} model={model} columns={columns} at={at} />)}
        </tbody>
      </table>
    </div>
  );
}

function Row(
  { model, columns, at, runs, now }: ExperimentModelsProps & { model: LoggedModel; columns: RunsView; at: number },
) {
  const { model_id, name, status, status_message, creation_timestamp_ms, model_type } = model.info;
  return (
    <tr>
      <th scope="row" class="k" title={name}>
        <a href={href(path`/logged-models/${model_id}`)} dir="auto">{name}</a>
      </th>
      <td class={statuses[status].class} title={status_message}>{statuses[status].word}</td>
      <td>{age(now - creation_timestamp_ms)}</td>
      {columns.metrics.map((column) => <MetricTd column={column} cell={column.cells[at]} />)}
      {columns.params.map((column, i) => <TextTd column={column} at={at} first={i === 0} />)}
      <td>{model_type}</td>
      <SourceRun model={model} runs={runs} />
      <Versions model={model} />
    </tr>
  );
}

function SourceRun(
  { model: { info: { source_run_id } }, runs }: { model: LoggedModel } & Pick<ExperimentModelsProps, "runs">,
) {
  if (source_run_id === undefined) return <td></td>;
  const name = runs.get(source_run_id);
  if (name === undefined) return <td class="mut" title={source_run_id}>{source_run_id.slice(0, 8)}</td>;
  return (
    <td title={name}>
      <a class={`dotted c${runColor(source_run_id)}`} href={href(path`/runs/${source_run_id}`)} dir="auto">{name}</a>
    </td>
  );
}

function Versions({ model: { info: { registrations = [] } } }: { model: LoggedModel }) {
  return (
    <td>
      {registrations.map(({ name, version }, i) => (
        <>
          {i > 0 && ", "}
          <a href={versionHref(name, version)} title={`${name}, version ${version}`}>
            <bdi>{name}</bdi> v{version}
          </a>
        </>
      ))}
    </td>
  );
}

interface HeadProps extends ExperimentModelsProps {
  field: string;
  text: string;
  class?: string | undefined;
  /** A click begins with the greatest. */
  descendingFirst?: boolean;
}

function Head({ view, field, text, class: style, descendingFirst = field === "creation_timestamp_ms" }: HeadProps) {
  const [by] = modelOrder(view.sort === "" ? "creation_timestamp_ms DESC" : view.sort);
  const lit = by?.field_name === field;
  // The age of a model grows as its time of creation gets earlier.
  const rising = lit && by.ascending !== (field === "creation_timestamp_ms");
  const next = !lit ? descendingFirst : by.ascending === descendingFirst ? undefined : !descendingFirst;
  const sort = next === undefined ? undefined : `${field} ${next ? "DESC" : "ASC"}`;
  return (
    <th scope="col" class={style} aria-sort={lit ? (rising ? "ascending" : "descending") : undefined}>
      <a href={modelsHref(view, { sort })} title={text.length > 18 ? text : undefined}>
        {text}
        {lit && <span aria-hidden="true">{rising ? " ↑" : " ↓"}</span>}
      </a>
    </th>
  );
}

const MetricHead = ({ column: { key }, ...props }: ExperimentModelsProps & { column: MetricColumn }) => (
  <Head
    {...props}
    field={`metrics.${key}`}
    text={key}
    class="r"
    descendingFirst={(props.directions?.get(key) ?? directionOf(key)) !== "lower"}
  />
);

function NoModels({ experiment, server }: ExperimentModelsProps) {
  return (
    <Empty title="No logged models yet">
      <p>Log a model with a run; its metrics and params are shown here, and it can be registered as a version.</p>
      <Snippet label="A first model in Python" code={pythonModel(server, experiment.name)} />
    </Empty>
  );
}
