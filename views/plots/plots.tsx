import type { Run } from "../../domain/entities.ts";
import { counted } from "../../domain/format.ts";
import type { Direction } from "../../domain/metric_names.ts";
import { type Extremes, knownFields } from "../../domain/plots/fields.ts";
import { planPlots, type PlotKind, type PlotSettings } from "../../domain/plots/settings.ts";
import { PlotEmpty } from "./card.tsx";
import { PlotsBar } from "./choices.tsx";
import { Contour } from "./contour.tsx";
import { ImportancePlot } from "./importance.tsx";
import { plotsHref, type PlotsPlace } from "./links.ts";
import { Parallel } from "./parallel.tsx";
import { href, path } from "../links.ts";
import { swaps } from "../view_form.tsx";
import { BarPlot, BoxPlot } from "./rows.tsx";
import { Scatter } from "./scatter.tsx";

/** The browser module of plots, which fetches others; they work without. */
export const plotScripts = ["plots/plots.js"] as const;

export interface PlotsProps extends PlotsPlace {
  runs: readonly Run[];
  /** From `withPlots` of wire/pages_plots.ts. */
  settings: PlotSettings;
  /** Whether there are more runs than these, of which the reader may ask for up to a thousand by `settings.all`. */
  more?: boolean;
  directions?: ReadonlyMap<string, Direction> | undefined;
  /** Of the metrics that `extremeKeys(settings)` names. */
  extremes?: Extremes | undefined;
  /** For the duration of runs that have not ended; ms since the epoch. */
  now: number;
  /** What can be done with runs that were picked in a plot, such as a comparison of them alone. */
  linksTo: (run_ids: readonly string[]) => readonly { text: string; href: string }[];
}

/** Plots over runs instead of over steps: which params lead where, and how params and metrics go together. */
export function Plots(props: PlotsProps) {
  const { runs, settings, now, directions, extremes } = props;
  const known = knownFields(runs, now);
  const plan = planPlots(runs, known, settings, { now, directions, extremes });
  const { action, fields, part, csv } = props;
  const place: PlotsPlace = { action, fields, part, ...(csv !== undefined && { csv }) };
  const { about, importance } = plan;
  const common = { runs, plan, settings, known, place };
  return (
    <section
      class="plots"
      id="plots"
      aria-labelledby="plots-title"
      data-plots={swaps(place.part)}
      data-runs-at={href(path`/runs`)}
    >
      <div class="phead">
        <h2 id="plots-title">Runs in plots</h2>
        <span class="mut">{counted(runs.length, "run")}</span>
        {(props.more || settings.all) && (
          <a href={plotsHref(place, settings, { all: !settings.all, brush: [] })} hx-boost={swaps(place.part)}>
            {settings.all ? "Only those of the list" : "Take up to 1,000"}
          </a>
        )}
        <PlotsBar place={place} settings={settings} plan={plan} known={known} />
      </div>
      {plan.plots.length === 0 && runs.length > 0 && (
        <PlotEmpty>
          {settings.plot === undefined
            ? `${counted(runs.length, "run")}: few for plots. Choose one above to see it all the same.`
            : "No plot is chosen."}
        </PlotEmpty>
      )}
      {plan.plots.length > 0 && about === undefined && (
        <PlotEmpty>These runs have no metric yet: plots show how params lead to metrics.</PlotEmpty>
      )}
      {about !== undefined && importance !== undefined && (
        <div class="pcards">
          {plan.plots.map((kind) =>
            ({
              parallel: () => <Parallel {...common} about={about} linksTo={props.linksTo} />,
              importance: () => <ImportancePlot about={about} importance={importance} />,
              scatter: () => <Scatter {...common} />,
              bar: () => <BarPlot {...common} about={about} />,
              box: () => <BoxPlot {...common} about={about} />,
              contour: () => <Contour {...common} about={about} />,
            } satisfies Record<PlotKind, unknown>)[kind]()
          )}
        </div>
      )}
    </section>
  );
}
