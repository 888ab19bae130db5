import type { Run } from "../domain/entities.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { Extremes } from "../domain/plots/fields.ts";
import type { ChartsView } from "../wire/pages_charts.ts";
import { chartsPath, wallQuery } from "./charts_links.ts";
import { href, path } from "./links.ts";
import { Plots } from "./plots/plots.tsx";

export interface ChartsPlotsProps {
  view: ChartsView;
  /** The runs of the list, or as many of those that match as plots take. */
  plotted: readonly Run[];
  /** Whether more match than the list has. */
  more: boolean;
  extremes: Extremes;
  directions: ReadonlyMap<string, Direction>;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** Plots over the runs of an experiment, below their curves. */
export function ChartsPlots({ view, plotted, more, extremes, directions, now }: ChartsPlotsProps) {
  const { filter, order_by, view: list } = view;
  const all = { filter, order_by, view: list === "active" ? undefined : list };
  const linksTo = (runs: readonly string[]) => [
    ...(runs.length > 1
      ? [{ text: `Compare these ${runs.length}`, href: href(path`/compare`, { runs: runs.join(",") }) }]
      : []),
    { text: "Select in the table", href: href(path`/experiments/${view.experiment_id}`, { runs }) },
  ];
  return (
    <Plots
      runs={plotted}
      more={more}
      settings={view.plots}
      directions={directions}
      extremes={extremes}
      now={now}
      action={chartsPath(view)}
      fields={wallQuery(view)}
      part="#charts"
      csv={href(path`/experiments/${view.experiment_id}/export`, all)}
      linksTo={linksTo}
    />
  );
}
