import type { Run } from "../domain/entities.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { Extremes } from "../domain/plots/fields.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { comparedFields, compareHref } from "./chart_links.ts";
import { href, path } from "./links.ts";
import { Plots } from "./plots/plots.tsx";

export interface ComparePlotsProps {
  view: CompareView;
  runs: readonly Run[];
  directions: ReadonlyMap<string, Direction>;
  extremes: Extremes | undefined;
  now: number;
}

/** Plots over the compared runs; those that are brushed can be compared alone. */
export function ComparePlots({ view, runs, directions, extremes, now }: ComparePlotsProps) {
  const linksTo = (run_ids: readonly string[]) => {
    const ids = new Set(run_ids);
    const homes = new Set(runs.filter(({ info }) => ids.has(info.run_id)).map(({ info }) => info.experiment_id));
    const [home = ""] = homes;
    return [
      ...(ids.size > 1 && ids.size < runs.length
        ? [{
          text: `Compare these ${ids.size}`,
          href: compareHref(view, { runs: [...ids], plots: { ...view.plots, brush: [] } }),
        }]
        : []),
      ...(homes.size === 1
        ? [{ text: "Select in the table", href: href(path`/experiments/${home}`, { runs: [...ids] }) }]
        : []),
    ];
  };
  return (
    <Plots
      runs={runs}
      settings={view.plots}
      directions={directions}
      extremes={extremes}
      now={now}
      action={path`/compare`}
      fields={comparedFields(view)}
      part="#compare"
      linksTo={linksTo}
    />
  );
}
