import type { Child } from "hono/jsx";
import { countUndrawn, type Curve } from "../domain/curve.ts";
import { count, counted, number, numberStyle, plainNumber } from "../domain/format.ts";
import { type Direction, directionOf } from "../domain/metric_names.ts";
import { runMarks } from "../domain/run_color.ts";
import { ChartMenu } from "./chart_menu.tsx";
import { type ChartSettings, CurveSvg, lineClass, type LineStyle } from "./curve_svg.tsx";
import { Icon } from "./icons.tsx";
import { asset, href, path } from "./links.ts";

/** The browser modules of charts. They import each other; named all at once, they come all at once. */
export const chartScripts = [
  "live_page.js",
  "charts.js",
  "readout.js",
  "chart_config.js",
  "chart_fetch.js",
  "chart_keys.js",
  "chart_note.js",
  "curve.js",
  "ticks.js",
] as const;

/** A run as a line of charts. */
export interface Line {
  run_id: string;
  name: string;
  /** Drawn dashed: what the others are measured against. */
  base?: boolean;
  /** 0 to 9, where it is not the one of the run: groups of runs are told apart by their place. */
  color?: number;
}

/** The looks of the lines of a page, by run id. */
export function lineStyles(lines: readonly Line[]): Map<string, LineStyle> {
  const marks = runMarks(lines.map(({ run_id }) => run_id));
  return new Map(lines.map(({ run_id, base = false, color }) => [
    run_id,
    { mark: color === undefined ? marks.get(run_id) ?? { color: 0, again: 0 } : { color, again: 0 }, base },
  ]));
}

const axisWords = { step: "step", relative: "time since start", time: "wall time, UTC" } as const;

export const axisWord = ({ x, by }: ChartSettings): string => x === "metric" ? by ?? "" : axisWords[x];

export interface ChartsProps {
  id: string;
  lines: readonly Line[];
  /** Where the lines are groups: the column, and the runs that are in them. */
  grouped?: { group: string; runs: readonly string[] } | undefined;
  class?: string;
  children: Child;
}

/** Around the charts of a page: which runs they show and how, for `charts.js`. Without JavaScript it is only a box. */
export function Charts(props: ChartsProps) {
  const styles = lineStyles(props.lines);
  const lines = props.lines.map(({ run_id, name }) => {
    const { mark, base } = styles.get(run_id) ?? { mark: { color: 0, again: 0 }, base: false };
    return { run_id, name, color: mark.color, dash: base ? "base" : mark.again > 0 ? "again" : "" };
  });
  return (
    <div
      id={props.id}
      class={props.class}
      data-charts={asset("vendor/chart.js")}
      data-series={href(path`/api/weir/1/metrics/series`)}
      data-lines={JSON.stringify(lines)}
      data-group={props.grouped?.group}
      data-runs={props.grouped && JSON.stringify(props.grouped.runs)}
    >
      {props.children}
    </div>
  );
}

export interface ChartProps {
  metric: string;
  /** What stands above it in place of the metric's name. */
  title?: string;
  /** Thinned by the server, a hundred or two points each. Empty: only `charts.js` draws. */
  curves: readonly Curve[];
  lines: readonly Line[];
  settings: ChartSettings;
  /** Which values are better, where the reader said so. */
  direction?: Direction | undefined;
  /** Names and last values below the curves: only where there are few. */
  keys?: boolean;
  /** Columns and rows that it takes of a grid of cards. */
  size?: { columns: number; rows: number } | undefined;
  /** Buttons before the others. */
  tools?: Child;
  /** What its menu offers before the files. */
  menu?: Child;
}

/** One metric of some runs over time: drawn by the server at first, by Chart.js from then on. Stands inside `Charts`. */
export function Chart(props: ChartProps) {
  const { metric, title = metric, curves, lines, settings, direction = directionOf(metric), size, tools } = props;
  const styles = lineStyles(lines);
  const label = summaryOf(metric, curves, settings);
  return (
    <section
      class={size && (size.columns > 1 || size.rows > 1) ? `pan chart w${size.columns} h${size.rows}` : "pan chart"}
      id={`chart-${encodeURIComponent(metric)}`}
      data-chart={metric}
      data-name={metric}
      data-direction={direction}
      {...asData(settings)}
    >
      <header>
        <h2 dir="auto" title={metric}>{title}</h2>
        <div class={tools === undefined ? "acts needsjs" : "acts"}>
          {tools !== undefined && <button type="button" class="needsjs" data-zoom-all hidden>All charts so</button>}
          <button type="button" class="needsjs" data-whole hidden>Whole curve</button>
          {tools}
          <ChartMenu metric={metric}>{props.menu}</ChartMenu>
          <button
            type="button"
            class="sq ghost needsjs"
            data-full
            aria-label={`Full screen: ${metric}`}
            title="Full screen"
          >
            <Icon name="expand" />
          </button>
        </div>
      </header>
      <div class="ch">
        {curves.length > 0
          ? <CurveSvg curves={curves} styles={styles} settings={settings} label={label} />
          : <div class="plot"></div>}
        <canvas role="img" aria-label={label} hidden hx-morph-skip></canvas>
        <input
          type="range"
          class="cursor needsjs"
          data-cursor
          min="0"
          max="1000"
          aria-label={`Read ${metric} by ${axisWord(settings)}`}
        />
      </div>
      {props.keys && <Keys curves={curves} lines={lines} styles={styles} direction={direction} />}
      <footer>
        <span data-note>{noteOf(curves)}</span>
        <span data-axis>{axisWord(settings)}</span>
      </footer>
    </section>
  );
}

function asData({ x, by, smooth, log, logx, clip, bounds: { x: xs, y: ys } = {} }: ChartSettings) {
  return {
    "data-x": x,
    "data-by": by || undefined,
    "data-smooth": smooth,
    "data-log": log ? "" : undefined,
    "data-logx": logx ? "" : undefined,
    "data-clip": clip ? "" : undefined,
    "data-xmin": xs?.min,
    "data-xmax": xs?.max,
    "data-ymin": ys?.min,
    "data-ymax": ys?.max,
  };
}

const lastOf = (curve: Curve): number | undefined => curve.points.at(-1)?.[1];

function summaryOf(metric: string, curves: readonly Curve[], settings: ChartSettings): string {
  const ends = curves.slice(0, 10).map((curve) => `${curve.run_name} ${plainNumber(lastOf(curve) ?? NaN)}`);
  return `${metric} by ${axisWord(settings)}${ends.length > 0 ? `, last values: ${ends.join(", ")}` : ""}`;
}

/** "320 of 1,000,000 points a run, 2 NaN or infinite". `static/charts.js` says the same of what it draws. */
function noteOf(curves: readonly Curve[]): string {
  if (curves.length === 0) return "";
  if (curves.some(({ spread }) => spread !== undefined)) return bandNote(curves);
  const shown = curves.reduce((sum, { points }) => sum + points.length, 0);
  const total = curves.reduce((sum, curve) => sum + curve.total, 0);
  const undrawn = curves.reduce((sum, { points }) => sum + countUndrawn(points), 0);
  return `${count(shown)} of ${count(total)} points${undrawn > 0 ? `, ${count(undrawn)} NaN or infinite` : ""}`;
}

/** "mean ± std of 4 groups, from 1,200 points". */
function bandNote(curves: readonly Curve[]): string {
  const total = curves.reduce((sum, curve) => sum + curve.total, 0);
  return `mean ± std of ${counted(curves.length, "group")}, from ${counted(total, "point")}`;
}

function Keys(
  props: Pick<ChartProps, "curves" | "lines"> & { styles: ReadonlyMap<string, LineStyle>; direction: Direction },
) {
  const { curves, lines, styles, direction } = props;
  const last = new Map(curves.map((curve) => [curve.run_id, lastOf(curve)]));
  const rank = (run_id: string): number => (direction === "lower" ? 1 : -1) * (last.get(run_id) ?? NaN) || 0;
  const style = numberStyle([...last.values()].filter((value) => value !== undefined));
  const ordered = lines.filter(({ run_id }) => last.has(run_id)).toSorted((a, b) => rank(a.run_id) - rank(b.run_id));
  return (
    <ul class="keys">
      {ordered.map(({ run_id, name }) => {
        const look = styles.get(run_id);
        return (
          <li data-line={run_id} title={name}>
            <i class={look && `line ${lineClass(look)}`}></i>
            <span dir="auto">{name}</span>
            <b>{number(last.get(run_id) ?? NaN, style)}</b>
          </li>
        );
      })}
    </ul>
  );
}
