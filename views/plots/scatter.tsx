import type { Run } from "../../domain/entities.ts";
import { counted } from "../../domain/format.ts";
import { hasPlace, holesOf, type NumberColumn, placed } from "../../domain/plots/columns.ts";
import type { KnownFields } from "../../domain/plots/fields.ts";
import { placeOn, scaleOf } from "../../domain/plots/scales.ts";
import { noField, type PlotPlan, type PlotSettings } from "../../domain/plots/settings.ts";
import { across, down, Frame } from "./frame.tsx";
import { type Coloring, coloringOf, Legend, PlotCard, PlotEmpty, PlotValues } from "./card.tsx";
import { FieldChoice } from "./choices.tsx";
import type { PlotsPlace } from "./links.ts";

export interface ScatterProps {
  runs: readonly Run[];
  plan: PlotPlan;
  settings: PlotSettings;
  known: KnownFields;
  place: PlotsPlace;
}

const [leastDot, usualDot, greatestDot] = [5, 9, 22];

/** Diameters in px, so that the area grows with the value; the usual one for all without a column. */
function sizesOf(column: NumberColumn | undefined): (run: number) => number {
  if (column === undefined) return () => usualDot;
  const values = placed(column);
  const min = values.reduce((a, b) => Math.min(a, b), Infinity),
    max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return (run) => {
    const value = column.cells[run];
    if (value === undefined || !hasPlace(value)) return leastDot;
    const share = max > min ? (value - min) / (max - min) : 0.5;
    return Math.round(Math.sqrt(leastDot ** 2 + share * (greatestDot ** 2 - leastDot ** 2)));
  };
}

const usual = (label: string | undefined, chosen: string | undefined): string =>
  chosen === undefined && label !== undefined ? `${label} (usual)` : "usual";

function Choices({ plan, settings, known }: ScatterProps) {
  const common = { settings, known };
  const { x, y, dots } = plan;
  return (
    <>
      <FieldChoice name="plot_x" label="x" usual={usual(x?.label, settings.plot_x)} extremes {...common} />
      <FieldChoice name="plot_y" label="y" usual={usual(y?.label, settings.plot_y)} extremes {...common} />
      <FieldChoice
        name="plot_color"
        label="Colour"
        usual={usual(dots?.label ?? "run", settings.plot_color)}
        nothing="each run its own"
        {...common}
      />
      <FieldChoice name="plot_size" label="Size" usual="the same" {...common} />
    </>
  );
}

interface DotsProps {
  dots: readonly { run: Run; i: number; left: number; top: number }[];
  coloring: Coloring;
  sizes: (run: number) => number;
}

const Dots = ({ dots, coloring, sizes }: DotsProps) => (
  <>
    {dots.map(({ run, i, left, top }) => (
      <path
        class={`spot ${coloring.classOf(i)}`}
        style={`stroke-width:${sizes(i)}px`}
        data-line={run.info.run_id}
        d={`M${across(left)} ${down(top)}h0`}
      >
        <title>{run.info.run_name}</title>
      </path>
    ))}
  </>
);

/** A dot per run. */
export function Scatter(props: ScatterProps) {
  const { runs, plan, settings } = props;
  const { x, y, size } = plan;
  if (x === undefined || y === undefined) return null;
  const [xScale, yScale] = [x, y].map((column, i) =>
    scaleOf(column, {
      pad: 0.05,
      apart: i === 0 ? 0.15 : 0.09,
      turned: i === 0 && column.kind === "category",
      log: settings.scale.get(column.name),
    })
  );
  if (xScale === undefined || yScale === undefined) return null;
  const coloring = coloringOf(runs, plan.dots);
  const sizes = sizesOf(size);
  const dots = runs.flatMap((run, i) => {
    const [left, top] = [placeOn(xScale, x.cells[i]), placeOn(yScale, y.cells[i])];
    return left === undefined || top === undefined ? [] : [{ run, i, left, top }];
  }).sort((a, b) => sizes(b.i) - sizes(a.i));
  const label = `${y.label} by ${x.label}, ${counted(dots.length, "run")}`;
  const shown = [x, y, ...(plan.dots ? [plan.dots] : []), ...(size ? [size] : [])];
  const holes = [...new Set(shown.flatMap(holesOf))];
  return (
    <PlotCard
      kind="scatter"
      title={`${y.label} by ${x.label}`}
      note={`${dots.length} of ${counted(runs.length, "run")}`}
      tools={<Choices {...props} />}
      notes={size === undefined ? holes : [...holes, `greater dots: more ${size.label}`]}
    >
      {dots.length === 0
        ? <PlotEmpty>No run has both values.</PlotEmpty>
        : (
          <Frame x={{ column: x, scale: xScale }} y={{ column: y, scale: yScale }} label={label}>
            <Dots dots={dots} coloring={coloring} sizes={sizes} />
          </Frame>
        )}
      {settings.plot_color !== noField && <Legend coloring={coloring} />}
      <PlotValues runs={runs} columns={shown} caption={label} place={props.place} />
    </PlotCard>
  );
}
