import type { Run } from "../../domain/entities.ts";
import { counted } from "../../domain/format.ts";
import { hasPlace, holesOf, type NumberColumn } from "../../domain/plots/columns.ts";
import { isoline, leastSurfacePoints, type Surface, surfaceOf } from "../../domain/plots/contour.ts";
import { placeOn, scaleOf } from "../../domain/plots/scales.ts";
import type { PlotPlan, PlotSettings } from "../../domain/plots/settings.ts";
import { shadeCount, shadeOf, type Shades } from "../../domain/plots/shades.ts";
import { across, down, Frame, size } from "./frame.tsx";
import { coloringOf, Legend, PlotCard, PlotEmpty, PlotValues } from "./card.tsx";
import type { PlotsPlace } from "./links.ts";

export interface ContourProps {
  runs: readonly Run[];
  plan: PlotPlan;
  settings: PlotSettings;
  about: NumberColumn;
  place: PlotsPlace;
}

/** The cells of each shade as one path; those beside each other in a row become one rectangle. */
function shadePaths({ size: cells, cells: values }: Surface, shades: Shades): string[] {
  const paths = Array.from({ length: shadeCount }, () => "");
  const edge = (i: number): number => Math.round(i * size / cells);
  for (let row = 0; row < cells; row++) {
    const shade = (column: number) => column < cells ? shadeOf(shades, values[row * cells + column]) : undefined;
    const [top, bottom] = [size - edge(row + 1), size - edge(row)];
    for (let from = 0; from < cells;) {
      const own = shade(from);
      let to = from + 1;
      while (to < cells && shade(to) === own) to++;
      if (own !== undefined) paths[own] += `M${edge(from)} ${top}H${edge(to)}V${bottom}H${edge(from)}z`;
      from = to;
    }
  }
  return paths;
}

/** The lines between the shades. */
function linePath(surface: Surface, { min, max, log }: Shades): string {
  const levels = Array.from({ length: shadeCount - 1 }, (_, i) => {
    const share = (i + 1) / shadeCount;
    return log ? min * Math.exp((Math.log(max) - Math.log(min)) * share) : min + (max - min) * share;
  });
  return levels.flatMap((level) => isoline(surface, level)).map(([x1, y1, x2, y2]) =>
    `M${across(x1)} ${down(y1)}L${across(x2)} ${down(y2)}`
  ).join("");
}

const Ground = ({ surface, shades }: { surface: Surface; shades: Shades }) => (
  <>
    {shadePaths(surface, shades).map((d, i) => d !== "" && <path class={`shade m${i}`} d={d} />)}
    <path class="iso" d={linePath(surface, shades)} />
  </>
);

/** One metric over two params: guessed between the runs, empty where there are none. */
export function Contour({ runs, plan, settings, about, place }: ContourProps) {
  const [x, y] = plan.plane ?? [];
  const need =
    `A contour needs two params that are numbers and at least ${leastSurfacePoints} runs that have both and a ${about.label}.`;
  if (x === undefined || y === undefined) {
    return (
      <PlotCard kind="contour" title={about.label}>
        <PlotEmpty>{need}</PlotEmpty>
      </PlotCard>
    );
  }
  const [xScale, yScale] = [x, y].map((column, i) =>
    scaleOf(column, { pad: 0.05, apart: i === 0 ? 0.15 : 0.09, log: settings.scale.get(column.name) })
  );
  if (xScale === undefined || yScale === undefined) return null;
  const points = runs.flatMap((run, i) => {
    const [left, top, value] = [placeOn(xScale, x.cells[i]), placeOn(yScale, y.cells[i]), about.cells[i]];
    if (left === undefined || top === undefined || value === undefined || !hasPlace(value)) return [];
    return [{ run, i, x: left, y: top, value }];
  });
  const surface = surfaceOf(points);
  const coloring = coloringOf(runs, about);
  const { shades } = coloring;
  const title = `${about.label} over ${x.label} and ${y.label}`;
  return (
    <PlotCard
      kind="contour"
      title={title}
      note={`${points.length} of ${counted(runs.length, "run")}`}
      notes={[
        ...new Set([x, y, about].flatMap(holesOf)),
        ...(surface === undefined
          ? []
          : ["between the runs a mean of those around, weighted by nearness; empty where there are none"]),
      ]}
    >
      {surface === undefined || shades === undefined ? <PlotEmpty>{need}</PlotEmpty> : (
        <Frame
          x={{ column: x, scale: xScale }}
          y={{ column: y, scale: yScale }}
          label={`${title}, guessed between runs`}
        >
          <Ground surface={surface} shades={shades} />
          {points.map(({ run, x, y, i }) => (
            <path
              class={`spot ringed ${coloring.classOf(i)}`}
              data-line={run.info.run_id}
              d={`M${across(x)} ${down(y)}h0`}
            >
              <title>{run.info.run_name}</title>
            </path>
          ))}
        </Frame>
      )}
      {surface !== undefined && <Legend coloring={coloring} />}
      <PlotValues runs={runs} columns={[x, y, about]} caption={title} place={place} />
    </PlotCard>
  );
}
