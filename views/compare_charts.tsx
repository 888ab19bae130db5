import type { Curve } from "../domain/curve.ts";
import type { Direction } from "../domain/metric_names.ts";
import { Chart, Charts, type Line } from "./chart.tsx";
import { chartSettings } from "./chart_links.ts";
import { ChartTools, type ChartToolsProps } from "./chart_tools.tsx";
import { GroupForm, type GroupFormProps } from "./runs_group_by.tsx";

/** Names and last values stand below the curves of so few runs; of more, the table is the list. */
const mostKeys = 8;

export interface CompareChartsProps extends Pick<ChartToolsProps, "action" | "fields" | "part" | "view"> {
  lines: readonly Line[];
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  known: readonly string[];
  /** Which values are better, where that was set. */
  directions: ReadonlyMap<string, Direction>;
  /** Beside the table, where a few curves have room. */
  few: boolean;
  /** By what the runs can be drawn together, and by what they are: then the lines are groups. */
  grouping?: Pick<GroupFormProps, "group" | "available"> & { runs: readonly string[] };
}

/** The curves of all compared runs, a chart per metric. */
export function CompareCharts(props: CompareChartsProps) {
  const { action, fields, part, view, lines, charts, known, directions, few, grouping } = props;
  if (known.length === 0) return null;
  const { group, runs = [], available } = grouping ?? {};
  return (
    <section class={few ? "aside" : "curves"} aria-label="Curves">
      <div class="tools">
        <ChartTools
          action={action}
          fields={fields}
          part={part}
          view={view}
          along={known}
          metrics={{ known, chosen: new Set(charts.map(({ metric }) => metric)) }}
        />
        {available && (
          <GroupForm
            action={action}
            group={group}
            available={available}
            others={{ ...fields, group: undefined }}
            label="Band by"
            part={part}
          />
        )}
      </div>
      <Charts id="curves" class="wall" lines={lines} grouped={group === undefined ? undefined : { group, runs }}>
        {charts.map(({ metric, curves }) => (
          <Chart
            metric={metric}
            curves={curves}
            lines={lines}
            settings={chartSettings(view)}
            direction={directions.get(metric)}
            keys={lines.length <= mostKeys}
          />
        ))}
      </Charts>
    </section>
  );
}
