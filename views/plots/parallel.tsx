import type { Run } from "../../domain/entities.ts";
import { counted } from "../../domain/format.ts";
import { holesOf, type NumberColumn, type PlotColumn } from "../../domain/plots/columns.ts";
import { fieldName, type KnownFields } from "../../domain/plots/fields.ts";
import { brushedPlaces, brushedRuns, type ParallelAxis, parallelAxis } from "../../domain/plots/parallel.ts";
import { scaleOf } from "../../domain/plots/scales.ts";
import type { PlotPlan, PlotSettings } from "../../domain/plots/settings.ts";
import { swaps } from "../view_form.tsx";
import { AddAxis, AxisMenu } from "./axis_menu.tsx";
import { type Coloring, coloringOf, Legend, PlotCard, PlotEmpty, PlotValues } from "./card.tsx";
import { FieldChoice } from "./choices.tsx";
import { plotsHref, type PlotsPlace } from "./links.ts";

export interface ParallelProps {
  runs: readonly Run[];
  plan: PlotPlan;
  settings: PlotSettings;
  known: KnownFields;
  place: PlotsPlace;
  about: NumberColumn;
  /** What can be done with the brushed runs. */
  linksTo: (run_ids: readonly string[]) => readonly { text: string; href: string }[];
}

/** Units of the drawing, which stretches to its frame. */
const wide = 1000, high = 400;

/** The best is on top: less goes up where less is better. */
function axesOf(plan: PlotPlan, settings: PlotSettings): ParallelAxis[] {
  const ranks = plan.about?.cells ?? [];
  const down = plan.about?.direction === "lower" ? 1 : -1;
  const rank = (run: number): number => {
    const value = ranks[run];
    return value === undefined || Number.isNaN(value) ? Infinity : -down * value;
  };
  return plan.axes.map((column) => {
    const turned = column.kind === "number" && column.direction === "lower";
    return parallelAxis(column, scaleOf(column, { turned, log: settings.scale.get(column.name) }), rank);
  });
}

function linePath(axes: readonly ParallelAxis[], run: number): string {
  const step = wide / Math.max(1, axes.length - 1);
  let path = "", down = false;
  let last = { x: 0, y: 0 };
  for (const [i, { places }] of axes.entries()) {
    const place = places[run];
    const x = Math.round(i * step), y = Math.round((1 - (place ?? 0)) * high);
    if (place === undefined) {
      down = false;
      continue;
    }
    const middle = Math.round((last.x + x) / 2);
    path += down ? `C${middle} ${last.y} ${middle} ${y} ${x} ${y}` : `M${x} ${y}h0`;
    [last, down] = [{ x, y }, true];
  }
  return path;
}

const titleOf = ({ label, direction }: NumberColumn): string =>
  direction === "unknown"
    ? `Which params lead to ${label}`
    : `Which params lead to a ${direction === "lower" ? "low" : "high"} ${label}`;

/** Every run as a line over its params and metrics. Brushes pick runs; they stand in the address. */
export function Parallel(props: ParallelProps) {
  const { runs, plan, settings, known, about } = props;
  const axes = axesOf(plan, settings);
  const inside = brushedRuns(axes, settings.brush);
  const coloring = coloringOf(runs, plan.color);
  const picked = inside === undefined ? undefined : runs.filter((_, i) => inside[i]);
  const note = picked === undefined
    ? counted(runs.length, "run")
    : `${picked.length} of ${counted(runs.length, "run")} brushed`;
  return (
    <PlotCard
      kind="parallel"
      title={titleOf(about)}
      note={<span data-brushed role="status">{note}</span>}
      tools={
        <>
          <FieldChoice
            name="plot_color"
            label="Colour"
            known={known}
            settings={settings}
            usual={settings.plot_color === undefined ? `${about.label} (usual)` : "usual"}
            nothing="each run its own"
          />
          <AddAxis {...props} />
        </>
      }
      notes={axes.flatMap(({ column }) => holesOf(column))}
    >
      {axes.length < 2
        ? <PlotEmpty>These runs have the same params. Add an axis to see how metrics go together.</PlotEmpty>
        : <Picture {...props} axes={axes} inside={inside} coloring={coloring} />}
      {picked !== undefined && <Brushed {...props} picked={picked} />}
      <Legend coloring={coloring} />
      <PlotValues
        runs={picked ?? runs}
        columns={picked === undefined ? plan.axes : onlyRows(plan.axes, inside)}
        place={props.place}
        caption={picked === undefined ? "Values of the runs on these axes" : "Values of the brushed runs on these axes"}
      />
    </PlotCard>
  );
}

const onlyRows = (columns: readonly PlotColumn[], inside: readonly boolean[] = []): PlotColumn[] => {
  const kept = <Value,>(cells: readonly Value[]): Value[] => cells.filter((_, i) => inside[i]);
  return columns.map((column) =>
    column.kind === "number"
      ? { ...column, cells: kept(column.cells), texts: kept(column.texts) }
      : { ...column, cells: kept(column.cells) }
  );
};

/** More runs make no address, and no comparison. */
const mostTaken = 100;

function Brushed({ picked, place, settings, linksTo }: ParallelProps & { picked: readonly Run[] }) {
  return (
    <div class="pbrushed">
      <b>{counted(picked.length, "run")} in the brushes</b>
      {picked.length > mostTaken
        ? <span class="mut">Brush {mostTaken} or fewer to compare or select them.</span>
        : linksTo(picked.map(({ info }) => info.run_id)).map(({ text, href }) => <a class="btn" href={href}>{text}</a>)}
      <a class="btn ghost" href={plotsHref(place, settings, { brush: [] })} hx-boost={swaps(place.part)}>
        Clear the brushes
      </a>
    </div>
  );
}

interface PictureProps extends ParallelProps {
  axes: readonly ParallelAxis[];
  inside: readonly boolean[] | undefined;
  coloring: Coloring;
}

function Picture({ axes, inside, coloring, runs, ...props }: PictureProps) {
  const label = `${counted(runs.length, "run")} over ${axes.map(({ column }) => column.label).join(", ")}`;
  const drawn = runs.map((run, i) => ({ run, i, off: inside?.[i] === false }));
  // What is picked lies on top, and of that the strongest shade.
  const order = drawn.toSorted((a, b) => Number(b.off) - Number(a.off));
  const brushes = new Map(axes.flatMap(({ column, scale }) => {
    const brush = props.settings.brush.find(({ axis }) => axis === column.name);
    const range = brush && brushedPlaces(scale, brush);
    return range ? [[column.name, range]] : [];
  }));
  return (
    <div class="pscroll" tabindex={0} role="region" aria-label={label}>
      <div class="pc" style={`--axes:${axes.length}`} data-parallel>
        <svg viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {order.map(({ run, i, off }) => (
            <path
              class={`${coloring.classOf(i)}${off ? " off" : ""}`}
              data-line={run.info.run_id}
              d={linePath(axes, i)}
            >
              <title>{run.info.run_name}</title>
            </path>
          ))}
        </svg>
        <div class="paxes">
          {axes.map((axis, i) => (
            <Axis axis={axis} at={i} of={axes.length} brush={brushes.get(axis.column.name)} runs={runs} {...props} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The ends of the brush of an axis, or where they would be, for keys: `brush_keys.js` moves them. */
function Edges(
  { name, axis: { column, scale }, brush, settings }: Pick<AxisProps, "axis" | "brush" | "settings"> & { name: string },
) {
  const said = settings.brush.find(({ axis }) => axis === name);
  const turned = scale.kind === "category" || scale.turned;
  const [low, high] = turned ? [said?.to, said?.from] : [said?.from, said?.to];
  const ends = [
    { end: "low", word: "lower", place: brush?.[0] ?? 0, value: low },
    { end: "high", word: "upper", place: brush?.[1] ?? 1, value: high },
  ];
  return (
    <>
      {ends.map(({ end, word, place, value }) => (
        <span
          class="edge needsjs"
          id={`brush-${end}-${encodeURIComponent(name)}`}
          data-edge={end}
          role="slider"
          tabindex={0}
          aria-orientation="vertical"
          aria-label={`Brush of ${column.label}, ${word} end`}
          aria-valuenow={Math.round(100 * Math.min(1, Math.max(0, place)))}
          aria-valuetext={value || "end of the axis"}
          style={`bottom:${(100 * Math.min(1, Math.max(0, place))).toFixed(2)}%`}
        >
        </span>
      ))}
    </>
  );
}

interface AxisProps extends ParallelProps {
  axis: ParallelAxis;
  at: number;
  of: number;
  brush: [number, number] | undefined;
}

/** What `brush.js` must know to say a place in the words of the address. */
function scaleData({ scale }: ParallelAxis) {
  if (scale.kind === "category") return { "data-values": JSON.stringify(scale.values) };
  const { min, max, log, turned } = scale;
  return { "data-min": min, "data-max": max, "data-log": log ? "" : undefined, "data-turned": turned ? "" : undefined };
}

function Axis({ axis, at, of, brush, ...props }: AxisProps) {
  const { column, scale } = axis;
  const side = at === of - 1 ? " last" : "";
  const name = fieldName(column.field);
  return (
    <div
      class={`pax${side}${scale.kind === "category" ? " words" : ""}`}
      style={`left:${(100 * at / Math.max(1, of - 1)).toFixed(2)}%`}
      data-axis={name}
      data-at={at}
      {...scaleData(axis)}
    >
      <AxisMenu axis={axis} at={at} of={of} brushed={brush !== undefined} {...props} />
      <div class="grab" data-grab aria-hidden="true"></div>
      <Edges name={name} axis={axis} brush={brush} settings={props.settings} />
      {scale.ticks.map(({ place, text }) => (
        <span class="tick" style={`bottom:${(100 * place).toFixed(1)}%`} dir="auto">{text}</span>
      ))}
      {brush && (
        <i
          class="brush"
          data-brush
          style={`bottom:${(100 * Math.max(0, brush[0])).toFixed(2)}%;top:${
            (100 * (1 - Math.min(1, brush[1]))).toFixed(2)
          }%`}
        >
        </i>
      )}
    </div>
  );
}
