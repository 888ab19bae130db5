import { type Order, orderAfterClick, orderOf, orderText } from "../domain/columns.ts";
import { tagOf } from "../domain/compare.ts";
import type { Run } from "../domain/entities.ts";
import { type Count, count, countText, number, numberStyle } from "../domain/format.ts";
import { type Direction, directionOf } from "../domain/metric_names.ts";
import { runMarks } from "../domain/run_color.ts";
import type { ChartsView } from "../wire/pages_charts.ts";
import { chartsHref, chartsPath, chartsQuery } from "./charts_links.ts";
import type { Line } from "./chart.tsx";
import { FilterBox } from "./filter_box.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot, FilterError, type FilterFault } from "./parts.tsx";

export interface ChartRunsProps {
  view: ChartsView;
  /** One page of the search, in its order. */
  listed: readonly Run[];
  shown: readonly string[];
  /** The groups that are drawn in place of the runs. */
  groups?: readonly Line[] | undefined;
  total: Count;
  next_page_token?: string | undefined;
  /** The metric whose last value stands beside each run. */
  metric: string | undefined;
  directions: ReadonlyMap<string, Direction>;
  error?: FilterFault | undefined;
}

/** The runs that match: the legend of all charts, and what is shown of them. */
export function ChartRuns(props: ChartRunsProps) {
  const { view, listed, shown, error, next_page_token } = props;
  return (
    <section class="clist" aria-label="Runs shown">
      <Filter view={view} error={error} />
      {error !== undefined && <FilterError id="filter-error" text={view.filter} error={error} />}
      {props.groups !== undefined && <Groups groups={props.groups} />}
      {listed.length > 0 && <Table {...props} />}
      {listed.length === 0 && error === undefined && <p class="mut rest">No run matches.</p>}
      <p class="rest">
        {listed.length > shown.length && <EyeButton word="all" text={`Show all ${count(listed.length)}`} />}
        {shown.length > 0 && <EyeButton word="none" text="Hide all" />}
        {view.page_token !== undefined && <a href={chartsHref(view, { page_token: undefined })}>First runs</a>}
        {next_page_token !== undefined && <a href={chartsHref(view, { page_token: next_page_token })}>Next runs</a>}
      </p>
    </section>
  );
}

/** Buttons of the form around the wall, wherever they stand. */
export const wallForm = "wall";

const EyeButton = ({ word, text }: { word: string; text: string }) => (
  <button type="submit" class="link" form={wallForm} name="eye" value={word}>{text}</button>
);

function Filter({ view, error }: Pick<ChartRunsProps, "view" | "error">) {
  return (
    <FilterBox
      noun="Runs"
      label="Filter runs"
      action={href(chartsPath(view))}
      name="filter"
      value={view.filter}
      placeholder="Filter runs"
      error={error}
    >
      <HiddenFields query={{ ...chartsQuery(view), filter: undefined, page_token: undefined }} />
    </FilterBox>
  );
}

function Groups({ groups }: { groups: readonly Line[] }) {
  return (
    <ul class="cgroups" aria-label="Groups">
      {groups.map(({ run_id, name, color }) => (
        <li data-line={run_id}>
          <span class={`dot c${color ?? 0}`}></span>
          <bdi title={name}>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Table(props: ChartRunsProps) {
  const { listed, shown, metric, total } = props;
  const values = listed.map((run) => run.data.metrics?.find(({ key }) => key === metric)?.value);
  const style = numberStyle(values.filter((value) => value !== undefined));
  const marks = runMarks(shown);
  const known = countText(total);
  return (
    <table data-metric={metric}>
      <caption class="sr">Runs{metric !== undefined && `, with their last ${metric}`}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class="sr">Shown</span>
          </th>
          <th scope="col">{count(shown.length)} of {known ?? `${count(listed.length)} and more`} shown</th>
          <OrderHead {...props} />
        </tr>
      </thead>
      <tbody>
        {listed.map((run, i) => (
          <Row
            run={run}
            shown={shown.includes(run.info.run_id)}
            mark={props.groups === undefined ? marks.get(run.info.run_id) : undefined}
            grouped={props.groups !== undefined}
            value={values[i] === undefined ? "" : number(values[i], style)}
          />
        ))}
      </tbody>
    </table>
  );
}

function OrderHead({ view, metric, directions }: ChartRunsProps) {
  if (metric === undefined) return <th scope="col"></th>;
  const current: Order | undefined = orderOf(view.order_by);
  const lit = current?.column.kind === "metrics" && current.column.key === metric;
  const lower = (directions.get(metric) ?? directionOf(metric)) === "lower";
  const next = orderAfterClick({ kind: "metrics", key: metric }, current, !lower);
  return (
    <th scope="col" class="r" aria-sort={lit ? current.descending ? "descending" : "ascending" : undefined}>
      <a
        href={chartsHref(view, { order_by: next && orderText(next), page_token: undefined })}
        title={`Order by ${metric}`}
        dir="auto"
      >
        {metric}
        {lit && (current.descending ? " ↓" : " ↑")}
      </a>
    </th>
  );
}

interface RowProps {
  run: Run;
  shown: boolean;
  mark: ReturnType<ReturnType<typeof runMarks>["get"]>;
  grouped: boolean;
  value: string;
}

function Row({ run, shown, mark, grouped, value }: RowProps) {
  const { run_id, run_name, status } = run.info;
  const child = tagOf(run, "mlflow.parentRunId") !== undefined;
  return (
    <tr class={shown ? undefined : "off"} data-line={shown && !grouped ? run_id : undefined} data-run={run_id}>
      <td>
        <button
          type="submit"
          class="eye"
          form={wallForm}
          name="eye"
          value={shown ? `-${run_id}` : run_id}
          aria-pressed={shown ? "true" : "false"}
          aria-label={`Show ${run_name}`}
          title={shown ? "Hide" : "Show"}
        >
          <Icon name={shown ? "eye" : "hidden"} />
        </button>
      </td>
      <th scope="row">
        <span class={child ? "nm child" : "nm"}>
          {shown && !grouped ? <Dot run_id={run_id} mark={mark} /> : <span class="dot unseen"></span>}
          <a href={href(path`/runs/${run_id}`)} title={run_name} dir="auto">{run_name}</a>
          {status === "RUNNING" && <span class="on" title="Running"></span>}
        </span>
      </th>
      <td class="r" data-value>{value}</td>
    </tr>
  );
}
