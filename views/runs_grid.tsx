import { type Column, columnName } from "../domain/columns.ts";
import type { MetricCell } from "../domain/compare.ts";
import { printValue } from "../domain/filter/print.ts";
import { age, count, counted, number } from "../domain/format.ts";
import type { NestedRun } from "../domain/nested_runs.ts";
import {
  type FactColumn,
  type FactKey,
  type MetricColumn,
  modelText,
  type RunModel,
  type RunsView,
  type TextColumn,
} from "../domain/runs_view.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { statusMark } from "./parts.tsx";
import { barOf, classes, RunName, swapsRegion } from "./run_name.tsx";
import { currentOrder, orderHref, runsHref } from "./runs_links.ts";

export interface RunsGridProps {
  experiment_id: string;
  caption: string;
  view: RunsQuery;
  rows: readonly NestedRun[];
  columns: RunsView;
  /** Index of each run in the columns' cells, by run id. */
  places: ReadonlyMap<string, number>;
  /** Children of a run in the whole experiment, where they are known, by run id. */
  childCounts: ReadonlyMap<string, number>;
  /** How many metrics and params the experiment has. */
  available: { metrics: number; params: number; tags: number };
  /** The run that others are measured against. */
  baseline?: string | undefined;
  /** What models the runs made, by run id. */
  models: ReadonlyMap<string, readonly RunModel[]>;
  now: number;
}

/** Of more rows than these the first are drawn before the others: the browser needs a millisecond for each. */
const mostAtOnce = 120, firstRows = 60;

/** Runs as rows. A thousand cells are sent at a time, so each says as little as it can: icons, dots and bars are the style sheet's. */
export function RunsGrid(props: RunsGridProps) {
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Runs table">
      <table class={`grid runs f${props.columns.facts.length}`}>
        <caption class="sr">{props.caption}</caption>
        <thead>
          <Groups {...props} />
          <Heads {...props} />
        </thead>
        <tbody id="rows" hx-boost:inherited="false" data-first={props.rows.length > mostAtOnce ? firstRows : undefined}>
          {props.rows.map((row) => <Row row={row} {...props} />)}
        </tbody>
      </table>
    </div>
  );
}

function Groups({ columns, view, available }: RunsGridProps) {
  const { metrics, params, tags, facts, differing } = columns;
  const chosenHere = view.columns.length === 0 || view.differ === "only";
  const ofParams = chosenHere && differing.size > 0
    ? `${params.length} of ${differing.size} that differ`
    : `${params.length} of ${count(Math.max(available.params, params.length))}`;
  return (
    <tr>
      <td class="k"></td>
      <td></td>
      <td></td>
      {metrics.length > 0 && (
        <th class="g" colspan={metrics.length} scope="colgroup">
          <b>Metrics</b> {metrics.length} of {count(Math.max(available.metrics, metrics.length))}, last value
        </th>
      )}
      {params.length > 0 && (
        <th class="g" colspan={params.length} scope="colgroup">
          <b>Params</b> {ofParams}
          {params.length > 2 && "; bold: not the usual value"}
        </th>
      )}
      {tags.length > 0 && (
        <th class="g" colspan={tags.length} scope="colgroup">
          <b>Tags</b> {tags.length} of {count(Math.max(available.tags, tags.length))}
        </th>
      )}
      {facts.map(() => <td></td>)}
    </tr>
  );
}

const factHeads: Record<FactKey, string> = {
  duration: "Duration",
  user_id: "User",
  source: "Source",
  commit: "Commit",
  dataset: "Dataset",
  models: "Models",
};

function Heads(props: RunsGridProps) {
  const { columns: { metrics, params, tags, facts } } = props;
  const attribute = (key: string): Column => ({ kind: "attributes", key });
  return (
    <tr>
      <th class="k" scope="col" aria-sort={sortOf(props.view, attribute("run_name"))}>
        <input type="checkbox" id="all" aria-label="Select all on this page" />
        <Sort {...props} column={attribute("run_name")}>Run</Sort>
      </th>
      <Head {...props} column={attribute("status")} text="Status" />
      <Head {...props} column={attribute("start_time")} text="Age" class="r" />
      {metrics.map(({ key }) => <Head {...props} column={{ kind: "metrics", key }} text={key} class="r" />)}
      {params.map(({ key, numeric }, i) => (
        <Head {...props} column={{ kind: "params", key }} text={key} class={classes(numeric && "r", i === 0 && "g")} />
      ))}
      {tags.map(({ key, numeric }, i) => (
        <Head {...props} column={{ kind: "tags", key }} text={key} class={classes(numeric && "r", i === 0 && "g")} />
      ))}
      {facts.map(({ key }) => <FactHead {...props} fact={key} />)}
    </tr>
  );
}

interface HeadProps extends RunsGridProps {
  column: Column;
  text: string;
  class?: string | undefined;
}

/** Metrics, params and tags can be dragged into another order. */
function Head(props: HeadProps) {
  const { view, column } = props;
  const moves = column.kind === "attributes" ? {} : { draggable: "true" as const, "data-column": columnName(column) };
  return (
    <th scope="col" class={props.class} aria-sort={sortOf(view, column)} {...moves}>
      <Sort {...props}>{props.text}</Sort>
    </th>
  );
}

function FactHead(props: RunsGridProps & { fact: FactKey }) {
  const style = classes(props.fact === "duration" && "r");
  if (props.fact === "user_id") {
    return <Head {...props} column={{ kind: "attributes", key: "user_id" }} text={factHeads.user_id} class={style} />;
  }
  return <th scope="col" class={style}>{factHeads[props.fact]}</th>;
}

function Sort(props: RunsGridProps & { column: Column; children: string }) {
  const sort = sortOf(props.view, props.column);
  return (
    <a
      href={orderHref(props.experiment_id, props.view, props.column)}
      title={props.children.length > 18 ? props.children : undefined}
    >
      {props.children}
      {sort !== undefined && <span aria-hidden="true">{sort === "ascending" ? " ↑" : " ↓"}</span>}
    </a>
  );
}

/** How a column reads from top to bottom. The age of a run grows as its start gets earlier. */
function sortOf(view: RunsQuery, column: Column): "ascending" | "descending" | undefined {
  const order = currentOrder(view);
  if (order === undefined || columnName(order.column) !== columnName(column)) return undefined;
  return order.descending === (column.key === "start_time" && column.kind === "attributes")
    ? "ascending"
    : "descending";
}

function Row(props: RunsGridProps & { row: NestedRun }) {
  const { row: { run: { info } }, columns: { metrics, params, tags, facts }, places, now, models } = props;
  const at = places.get(info.run_id) ?? -1;
  const status = statusMark(info.status);
  return (
    <tr>
      <Name {...props} />
      <td class={status.class}>{status.word}</td>
      <td>{info.start_time === 0 ? "" : age(now - info.start_time)}</td>
      {metrics.map((column) => <MetricTd column={column} cell={column.cells[at]} />)}
      {params.map((column, i) => <TextTd column={column} at={at} first={i === 0} />)}
      {tags.map((column, i) => <TextTd column={column} at={at} first={i === 0} />)}
      {facts.map((column) =>
        column.key === "models"
          ? <ModelsTd models={models.get(info.run_id) ?? []} experiment_id={props.experiment_id} />
          : <FactTd column={column} at={at} />
      )}
    </tr>
  );
}

function Name({ row, view, experiment_id, childCounts, baseline }: RunsGridProps & { row: NestedRun }) {
  const { run, depth, children } = row;
  const { run_id } = run.info;
  const all = Math.max(childCounts.get(run_id) ?? 0, children);
  const fold = children > 0 && <Fold row={row} view={view} experiment_id={experiment_id} />;
  return (
    <RunName run={run} depth={depth} checked={view.runs.includes(run_id)} base={run_id === baseline} fold={fold}>
      {all > 0 && (
        <a class="n" href={runsHref(experiment_id, view, { filter: childrenFilter(run_id), order_by: undefined })}>
          {counted(all, "run")}
        </a>
      )}
    </RunName>
  );
}

const childrenFilter = (run_id: string): string => `tags.\`mlflow.parentRunId\` = '${run_id}'`;

function Fold({ row, view, experiment_id }: { row: NestedRun; view: RunsQuery; experiment_id: string }) {
  const { run_id, run_name } = row.run.info;
  const closed = row.open ? [...view.closed, run_id] : view.closed.filter((id) => id !== run_id);
  return (
    <a
      class="tog"
      id={`fold-${run_id}`}
      hx-boost={swapsRegion}
      href={runsHref(experiment_id, view, { closed, page_token: view.page_token })}
      aria-expanded={row.open ? "true" : "false"}
      aria-label={`Children of ${run_name}`}
    >
      <Icon name={row.open ? "down" : "right"} />
    </a>
  );
}

export function MetricTd({ column, cell }: { column: MetricColumn; cell: MetricCell | undefined }) {
  if (cell === undefined) return <td></td>;
  const text = number(cell.value, column.style);
  if (!Number.isFinite(cell.value)) return <td class="m nan">{text}</td>;
  if (cell.share === undefined) return <td class="m">{text}</td>;
  if (!cell.best) return <td style={barOf(cell.share)}>{text}</td>;
  return (
    <td class="best" style={barOf(cell.share)}>
      {text}
      <span class="sr">best</span>
    </td>
  );
}

export function TextTd({ column, at, first }: { column: TextColumn; at: number; first: boolean }) {
  const value = column.cells[at];
  const tone = value === undefined || value === column.usual ? undefined : column.usual === undefined ? "v" : "x";
  return <Td value={value} style={classes(tone, column.numeric && "r", first && "g")} />;
}

function FactTd({ column, at }: { column: FactColumn; at: number }) {
  const value = column.cells[at];
  const unusual = column.usual !== undefined && value !== undefined && value !== column.usual;
  return <Td value={value} style={classes(unusual && "x", column.key === "duration" && "r")} />;
}

function ModelsTd({ models, experiment_id }: { models: readonly RunModel[]; experiment_id: string }) {
  return (
    <td title={models.map(modelText).join(", ")}>
      {models.map((model, i) => (
        <>
          {i > 0 && ", "}
          <ModelLink model={model} experiment_id={experiment_id} />
        </>
      ))}
    </td>
  );
}

/** A registered version leads to its page, a model that was only logged to the list of those of its name. */
function ModelLink({ model, experiment_id }: { model: RunModel; experiment_id: string }) {
  const { name, version } = model;
  const to = version === undefined
    ? href(path`/experiments/${experiment_id}/models`, { where: `name = ${printValue(name)}` })
    : href(path`/models/${name}/versions/${version}`);
  return <a href={to}>{modelText(model)}</a>;
}

function Td({ value, style }: { value: string | undefined; style: string | undefined }) {
  if (value !== undefined && value.length > 24) return <td class={style} title={value}>{value}</td>;
  return style === undefined ? <td>{value}</td> : <td class={style}>{value}</td>;
}
