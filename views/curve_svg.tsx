import {
  areaOf,
  bounded,
  type Curve,
  type CurveAxis,
  type CurvePoint,
  fitX,
  fitY,
  pathOf,
  placeOf,
  type Plane,
  type Range,
  smoothPoints,
} from "../domain/curve.ts";
import type { RunMark } from "../domain/run_color.ts";
import { clockTick, durationTick, logTicks, niceTicks, tickTexts, timeTicks } from "../domain/ticks.ts";

/** How curves are drawn; the same for every chart of a page. */
export interface ChartSettings {
  x: CurveAxis;
  /** The metric along x, where that is one. */
  by?: string | undefined;
  /** Weight of the moving average, 0 (none) to below 1. */
  smooth: number;
  log: boolean;
  /** Fit y to the late part of the curves, where runs differ. */
  clip: boolean;
  logx?: boolean;
  /** Bounds that the reader set. */
  bounds?: { x?: Partial<Range>; y?: Partial<Range> };
}

/** How a run's line looks: `base` is dashed, a second run of one colour dotted. */
export interface LineStyle {
  mark: RunMark;
  base: boolean;
}

export const lineClass = ({ mark, base }: LineStyle): string =>
  `c${mark.color}${base ? " base" : mark.again > 0 ? " again" : ""}`;

/** Units of the drawing: fine enough for a wide screen, small enough in the page. */
const size = 1000;

interface Tick {
  at: number;
  text: string;
}

export const yTicksOf = ({ y: { min, max }, log }: Plane): Tick[] =>
  texted(log ? logTicks(min, max) : niceTicks(min, max));

export function xTicksOf({ x: axis, logx }: ChartSettings, { min, max }: Range): Tick[] {
  if (logx) return texted(logTicks(min, max));
  if (axis === "time") return timeTicks(min, max).map((at) => ({ at, text: clockTick(at) }));
  if (axis === "relative") {
    return timeTicks(1000 * min, 1000 * max).map((ms) => ({ at: ms / 1000, text: durationTick(ms) }));
  }
  return texted(niceTicks(min, max));
}

function texted(ticks: readonly number[]): Tick[] {
  const texts = tickTexts(ticks);
  return ticks.map((at, i) => ({ at, text: texts[i] ?? "" }));
}

/** Short strokes on the lower edge where a value is NaN or infinite: it is shown that something is there. */
function undrawnPath(points: readonly CurvePoint[], { x, logX }: Plane): string {
  const places = points.filter(([, value]) => !Number.isFinite(value)).map(([at]) => placeOf(at, x, logX));
  return places.filter((place) => place >= 0 && place <= 1).slice(0, 200).map((place) =>
    `M${Math.round(place * size)} ${size}v-40`
  ).join("");
}

/** Where curves stand on a plane of this size: what covers them, within what the reader set. */
export function planeOf(curves: readonly Curve[], settings: ChartSettings, width: number, height: number): Plane {
  const covered = curves.flatMap(({ points, spread = [] }) => [
    points,
    spread.map(([x, low]): CurvePoint => [x, low, 0, 0]),
    spread.map(([x, , high]): CurvePoint => [x, high, 0, 0]),
  ]);
  const { log, logx: logX = false, bounds } = settings;
  const x = bounded(fitX(covered, logX), bounds?.x, logX);
  const inside = covered.map((points) => points.filter(([at]) => at >= x.min && at <= x.max));
  const y = bounded(fitY(inside, settings).range, bounds?.y, log);
  return { x, y, log, logX, width, height };
}

export interface CurveSvgProps {
  curves: readonly Curve[];
  /** By run id. */
  styles: ReadonlyMap<string, LineStyle>;
  settings: ChartSettings;
  /** What the picture says, in words. */
  label: string;
}

/**
 * The curves of one metric with their axes, drawn without JavaScript. The picture stretches to its frame; its texts do not.
 */
export function CurveSvg({ curves, styles, settings, label }: CurveSvgProps) {
  const plane = planeOf(curves, settings, size, size);
  const { x, y } = plane;
  const [xTicks, yTicks] = [xTicksOf(settings, x), yTicksOf(plane)];
  const top = (tick: Tick): number => 100 * (1 - placeOf(tick.at, y, settings.log));
  return (
    <div class="plot" role="img" aria-label={label}>
      <svg viewBox={`0 0 ${size} ${size}`} preserveAspectRatio="none">
        <path class="rule" d={yTicks.map((tick) => `M0 ${Math.round(top(tick) * size / 100)}h${size}`).join("")} />
        {curves.map((curve) => <CurvePaths curve={curve} style={styles.get(curve.run_id)} {...{ settings, plane }} />)}
      </svg>
      {yTicks.map((tick) => <span class="yt" style={`top:${top(tick).toFixed(1)}%`}>{tick.text}</span>)}
      {xTicks.map((tick) => (
        <span class="xt" style={`left:${(100 * placeOf(tick.at, x, settings.logx)).toFixed(1)}%`}>{tick.text}</span>
      ))}
    </div>
  );
}

interface CurvePathsProps {
  curve: Curve;
  style: LineStyle | undefined;
  settings: ChartSettings;
  plane: Plane;
}

function CurvePaths({ curve, style, settings, plane }: CurvePathsProps) {
  return (
    <g class={style && lineClass(style)}>
      {curve.spread && <path class="band" d={areaOf(curve.spread, plane)} />}
      {settings.smooth > 0 && <path class="raw" d={pathOf(curve.points, plane)} />}
      <path d={pathOf(smoothPoints(curve.points, settings.smooth), plane)} />
      <path class="undrawn" d={undrawnPath(curve.points, plane)} />
    </g>
  );
}

/** A curve the height of a word. `color` is a run's, 0 to 9. */
export function Sparkline({ points, color }: { points: readonly CurvePoint[]; color: number }) {
  if (points.length < 2) return null;
  const { range } = fitY([points]);
  const path = pathOf(points, { x: fitX([points]), y: range, width: 240, height: 100 });
  return (
    <svg class={`spark c${color}`} viewBox="0 0 240 100" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
