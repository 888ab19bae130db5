import type { Curve } from "../domain/curve.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { Chart, Charts, type Line } from "./chart.tsx";
import { chartSettings, compareFields } from "./chart_links.ts";
import { ChartTools } from "./chart_tools.tsx";
import { href, path } from "./links.ts";

/** Names and last values stand below the curves of so few runs; of more, the table is the list. */
const mostKeys = 8;

export interface CompareChartsProps {
  view: CompareView;
  lines: readonly Line[];
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  known: readonly string[];
  /** Which values are better, where that was set. */
  directions: ReadonlyMap<string, Direction>;
  /** Beside the table, where a few curves have room. */
  few: boolean;
}

/** The curves of all compared runs, a chart per metric. */
export function CompareCharts({ view, lines, charts, known, directions, few }: CompareChartsProps) {
  if (known.length === 0) return null;
  return (
    <section class={few ? "aside" : "curves"} aria-label="Curves">
      <ChartTools
        action={href(path`/compare`)}
        fields={compareFields(view)}
        part="#compare"
        view={view}
        along={known}
        metrics={{ known, chosen: new Set(charts.map(({ metric }) => metric)) }}
      />
      <Charts id="curves" class="wall" lines={lines}>
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
