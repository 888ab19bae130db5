import { areaOf, type Curve, pathOf, placeOf, smoothPoints } from "../domain/curve.ts";
import { type ChartSettings, lineClass, type LineStyle, planeOf, xTicksOf, yTicksOf } from "./curve_svg.tsx";

/** Run colours on white: `--c0` to `--c9` of tokens.css, light. */
const colors = [
  "#2843c2",
  "#ba570b",
  "#167b5c",
  "#8362ec",
  "#269ad0",
  "#cd7c83",
  "#902d0a",
  "#a31f8e",
  "#9d952c",
  "#4b5055",
] as const;
const [ink, mute, rule, bad] = ["#171c21", "#57616b", "#e5e8ec", "#ab3f0c"];

const edge = { top: 40, right: 16, left: 64, axis: 28, row: 18 };

export interface CurvePictureProps {
  title: string;
  /** What is along x. */
  along: string;
  curves: readonly Curve[];
  /** By run id. */
  styles: ReadonlyMap<string, LineStyle>;
  settings: ChartSettings;
  /** Of the picture, in pixels; the legend below comes on top of the height. */
  width: number;
  height: number;
}

/** A chart as a file of its own: an SVG with title, axes and legend, on white, without style sheet or script. */
export function CurvePicture(props: CurvePictureProps) {
  const { title, along, curves, styles, settings, width, height } = props;
  const plot = { width: width - edge.left - edge.right, height: height - edge.top - edge.axis };
  const plane = planeOf(curves, settings, plot.width, plot.height);
  const columns = Math.max(1, Math.floor(plot.width / 200));
  const heading = 0.7 * width; // the rest is for what is along x
  const whole = height + 12 + Math.ceil(curves.length / columns) * edge.row;
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={whole}
      viewBox={`0 0 ${width} ${whole}`}
      font-family="system-ui, sans-serif"
      font-size="11"
    >
      <rect width={width} height={whole} fill="#fff" />
      <svg width={heading} height={edge.top}>
        <text x="12" y="24" font-size="13" font-weight="600" fill={ink}>{shortened(title, heading / 8)}</text>
      </svg>
      <text x={width - edge.right} y="24" text-anchor="end" fill={mute}>{shortened(along, mostLetters)}</text>
      <clipPath id="plot">
        <rect width={plot.width} height={plot.height} />
      </clipPath>
      <g transform={`translate(${edge.left} ${edge.top})`}>
        {yTicksOf(plane).map(({ at, text }) => {
          const y = plot.height * (1 - placeOf(at, plane.y, plane.log));
          return (
            <>
              <path d={`M0 ${y.toFixed(1)}h${plot.width}`} stroke={rule} />
              <text x="-6" y={(y + 4).toFixed(1)} text-anchor="end" fill={mute}>{text}</text>
            </>
          );
        })}
        {xTicksOf(settings, plane.x).map(({ at, text }) => (
          <text
            x={(plot.width * placeOf(at, plane.x, plane.logX)).toFixed(1)}
            y={plot.height + 18}
            text-anchor="middle"
            fill={mute}
          >
            {text}
          </text>
        ))}
        <g clip-path="url(#plot)" fill="none" stroke-linejoin="round" stroke-width="1.5">
          {curves.map((curve) => <Lines {...props} curve={curve} plane={plane} style={styles.get(curve.run_id)} />)}
        </g>
      </g>
      {curves.map((curve, i) => (
        <g
          transform={`translate(${edge.left + (i % columns) * 200} ${
            height + 12 + Math.floor(i / columns) * edge.row
          })`}
        >
          <path d="M0 -4h14" stroke-width="2" {...strokeOf(styles.get(curve.run_id))} />
          <text x="20" fill={ink}>{shortened(curve.run_name, mostLetters)}</text>
        </g>
      ))}
    </svg>
  );
}

/** As many as a column of the legend has room for. */
const mostLetters = 30;

const shortened = (name: string, letters: number): string =>
  name.length > letters ? `${name.slice(0, letters - 1)}…` : name;

function strokeOf(style: LineStyle | undefined) {
  const dash = style === undefined ? "" : lineClass(style);
  const dashes = dash.endsWith("base") ? "5 3" : dash.endsWith("again") ? "1.5 2.5" : undefined;
  return { stroke: colors[style?.mark.color ?? 9] ?? ink, ...(dashes && { "stroke-dasharray": dashes }) };
}

interface LinesProps extends Pick<CurvePictureProps, "settings"> {
  curve: Curve;
  plane: ReturnType<typeof planeOf>;
  style: LineStyle | undefined;
}

function Lines({ curve, plane, style, settings }: LinesProps) {
  const stroke = strokeOf(style);
  const lost = curve.points.filter(([, value]) => !Number.isFinite(value)).slice(0, 200);
  return (
    <>
      {curve.spread && <path d={areaOf(curve.spread, plane)} fill={stroke.stroke} opacity="0.16" />}
      {settings.smooth > 0 && <path d={pathOf(curve.points, plane)} {...stroke} opacity="0.2" stroke-width="1" />}
      <path d={pathOf(smoothPoints(curve.points, settings.smooth), plane)} {...stroke} />
      {lost.map(([x]) => (
        <path d={`M${Math.round(plane.width * placeOf(x, plane.x, plane.logX))} ${plane.height}v-8`} stroke={bad} />
      ))}
    </>
  );
}
