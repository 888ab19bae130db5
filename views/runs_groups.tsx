import type { Column } from "../domain/columns.ts";
import { metricRow } from "../domain/compare.ts";
import type { Run } from "../domain/entities.ts";
import { count, counted, number, type NumberStyle, numberStyle, plainNumber } from "../domain/format.ts";
import { type Direction, directionOf } from "../domain/metric_names.ts";
import { filterOfGroup, type GroupStat, groupToken, type RunGroup } from "../domain/run_groups.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { Icon } from "./icons.tsx";
import { statusMark } from "./parts.tsx";
import { barOf, RunName, swapsRegion } from "./run_name.tsx";
import { currentGroupOrder, groupMetricHref, groupOrderHref, runsHref } from "./runs_links.ts";

export interface GroupsGridProps {
  experiment_id: string;
  caption: string;
  view: RunsQuery;
  /** What the runs are grouped by. */
  column: Column;
  groups: readonly RunGroup[];
  /** The metrics of the groups, in their order. */
  metrics: readonly string[];
  /** The first runs of the groups that are open, by `groupToken`. */
  opened: ReadonlyMap<string, readonly Run[]>;
  directions?: ReadonlyMap<string, Direction> | undefined;
}

/** A metric over the groups: how its numbers are written, and how the means stand to each other. */
interface MetricMeans {
  key: string;
  style: NumberStyle;
  cells: ReturnType<typeof metricRow>["cells"];
}

/** Groups of runs as rows, with what their metrics come to; below an open group its runs. */
export function GroupsGrid(props: GroupsGridProps) {
  const { metrics, groups, directions } = props;
  const means = metrics.map((key, i): MetricMeans => {
    const values = groups.map((group) => group.metrics[i]?.mean);
    const extremes = groups.flatMap(({ metrics }) => [metrics[i]?.least, metrics[i]?.greatest]);
    return {
      key,
      style: numberStyle([...values, ...extremes].filter((value) => value !== undefined)),
      cells: metricRow(key, values, -1, directions?.get(key) ?? directionOf(key)).cells,
    };
  });
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Groups of runs">
      <table class="grid runs groups">
        <caption class="sr">{props.caption}</caption>
        <thead>
          <tr>
            <td class="k"></td>
            <td></td>
            {metrics.map((key) => (
              <th class="g" colspan={4} scope="colgroup">
                <b title={key.length > 36 ? key : undefined}>{key}</b>
              </th>
            ))}
            <td></td>
          </tr>
          <Heads {...props} />
        </thead>
        <tbody id="rows" hx-boost:inherited="false">
          {groups.map((group, i) => <Group {...props} group={group} at={i} means={means} />)}
        </tbody>
      </table>
    </div>
  );
}

function Heads({ experiment_id, view, column, metrics }: GroupsGridProps) {
  const order = currentGroupOrder(view);
  const sort = (lit: boolean) => !lit ? undefined : order.descending ? "descending" : "ascending";
  return (
    <tr>
      <th class="k" scope="col" aria-sort={sort(order.by === "name")}>
        <Sort href={groupOrderHref(experiment_id, view, "name")} sort={sort(order.by === "name")}>{column.key}</Sort>
      </th>
      <th class="r" scope="col" aria-sort={sort(order.by === "runs")}>
        <Sort href={groupOrderHref(experiment_id, view, "runs")} sort={sort(order.by === "runs")}>Runs</Sort>
      </th>
      {metrics.map((key) => {
        const direction = sort(order.by === "metric" && order.key === key);
        return (
          <>
            <th class="r g" scope="col" aria-sort={direction}>
              <Sort href={groupMetricHref(experiment_id, view, key)} sort={direction}>Mean</Sort>
            </th>
            <th scope="col">± Std</th>
            <th class="r" scope="col">Min</th>
            <th class="r" scope="col">Max</th>
          </>
        );
      })}
      <td></td>
    </tr>
  );
}

function Sort({ href, sort, children }: { href: string; sort: string | undefined; children: string }) {
  return (
    <a href={href} title={children.length > 18 ? children : undefined}>
      {children}
      {sort !== undefined && <span aria-hidden="true">{sort === "ascending" ? " ↑" : " ↓"}</span>}
    </a>
  );
}

function Group(props: GroupsGridProps & { group: RunGroup; at: number; means: readonly MetricMeans[] }) {
  const { experiment_id, view, column, group, at, means } = props;
  const runs = props.opened.get(groupToken(group.value));
  const all = runsHref(experiment_id, view, {
    filter: filterOfGroup(view.filter, column, group.value),
    group: undefined,
    group_order: undefined,
    open: undefined,
  });
  const name = group.value === undefined ? "not set" : group.value === "" ? "empty" : group.value;
  return (
    <>
      <tr class="grp">
        <th scope="row">
          <Fold {...props} isOpen={runs !== undefined} name={name} />
          <a
            href={all}
            hx-boost={swapsRegion}
            dir="auto"
            class={group.value ? undefined : "unset"}
            title={name.length > 28 ? name : undefined}
          >
            {name}
          </a>
        </th>
        <td class="r">{count(group.runs)}</td>
        {means.map((mean, i) => <Stat stat={group.metrics[i]} mean={mean} at={at} />)}
        <td></td>
      </tr>
      {runs?.map((run) => <RunRow run={run} view={view} means={means} />)}
      {runs !== undefined && runs.length < group.runs && (
        <tr>
          <th scope="row" class="rest">
            <a href={all} hx-boost={swapsRegion}>All {counted(group.runs, "run")} of {name}</a>
          </th>
          <td colspan={2 + 4 * means.length}></td>
        </tr>
      )}
    </>
  );
}

interface FoldProps extends Pick<GroupsGridProps, "experiment_id" | "view"> {
  group: RunGroup;
  at: number;
  isOpen: boolean;
  name: string;
}

function Fold({ experiment_id, view, group, at, isOpen, name }: FoldProps) {
  const token = groupToken(group.value);
  const open = isOpen ? view.open.filter((one) => one !== token) : [...view.open, token];
  return (
    <a
      class="tog"
      id={`group-${at}`}
      hx-boost={swapsRegion}
      href={runsHref(experiment_id, view, { open })}
      aria-expanded={isOpen ? "true" : "false"}
      aria-label={`Runs of ${name}`}
    >
      <Icon name={isOpen ? "down" : "right"} />
    </a>
  );
}

/** Mean and deviation, least and greatest of one metric of one group. */
function Stat({ stat, mean, at }: { stat: GroupStat | undefined; mean: MetricMeans; at: number }) {
  const cell = mean.cells[at];
  if (stat === undefined) return <Empty />;
  const odd = stat.odd > 0 ? `${counted(stat.odd, "value")} NaN or infinite, left out` : undefined;
  const note = `${counted(stat.count, "value")}${odd === undefined ? "" : `, ${odd}`}`;
  if (stat.mean === undefined || cell === undefined) {
    return <Empty mark={stat.count === 0 ? "NaN" : "too great to add up"} note={note} />;
  }
  const share = cell.share === undefined ? undefined : barOf(cell.share);
  return (
    <>
      <td class={cell.best ? "m best" : "m"} style={share} title={note}>
        {number(stat.mean, mean.style)}
        {cell.best && <span class="sr">best</span>}
      </td>
      <td>
        {stat.deviation !== undefined && `± ${number(stat.deviation, mean.style)}`}
        {stat.odd > 0 && <span class="nan">{counted(stat.odd, "run")} NaN</span>}
      </td>
      <td class="r">{number(stat.least ?? NaN, mean.style)}</td>
      <td class="r">{number(stat.greatest ?? NaN, mean.style)}</td>
    </>
  );
}

function Empty({ mark, note }: { mark?: string; note?: string }) {
  return (
    <>
      <td class={mark === undefined ? "m" : "m nan"} title={note}>{mark}</td>
      <td></td>
      <td></td>
      <td></td>
    </>
  );
}

function RunRow({ run, view, means }: { run: Run; view: RunsQuery; means: readonly MetricMeans[] }) {
  const values = new Map(run.data.metrics?.map(({ key, value }) => [key, value]));
  const status = statusMark(run.info.status);
  return (
    <tr>
      <RunName run={run} depth={1} checked={view.runs.includes(run.info.run_id)} />
      <td class={status.class}>{status.word}</td>
      {means.map(({ key, style }) => {
        const value = values.get(key);
        return (
          <>
            <td class={value !== undefined && !Number.isFinite(value) ? "m nan" : "m"}>
              {value === undefined ? "" : style.decimals === 0 ? plainNumber(value) : number(value, style)}
            </td>
            <td colspan={3}></td>
          </>
        );
      })}
      <td></td>
    </tr>
  );
}
