import type { Child } from "hono/jsx";
import type { PlotColumn } from "../../domain/plots/columns.ts";
import type { PlotScale } from "../../domain/plots/scales.ts";

/** Units of a drawing, which stretches to its frame; its texts do not. */
export const size = 1000;

/** Where a place (0 to 1, from below) is in the drawing. */
export const across = (place: number): number => Math.round(place * size);
export const down = (place: number): number => Math.round((1 - place) * size);

export interface FrameProps {
  x: { column: PlotColumn; scale: PlotScale };
  y: { column: PlotColumn; scale: PlotScale };
  label: string;
  /** SVG. */
  children: Child;
}

const scaleWord = (scale: PlotScale): string => scale.kind === "number" && scale.log ? ", log" : "";

/** Two axes around a drawing. */
export function Frame({ x, y, label, children }: FrameProps) {
  return (
    <div class="ch pframe">
      <div class={y.scale.kind === "category" ? "plot words" : "plot"}>
        <svg viewBox={`0 0 ${size} ${size}`} preserveAspectRatio="none" role="img" aria-label={label}>
          <path class="rule" d={y.scale.ticks.map(({ place }) => `M0 ${down(place)}h${size}`).join("")} />
          {children}
        </svg>
        {y.scale.ticks.map(({ place, text }) => (
          <span class="yt" style={`top:${(100 * (1 - place)).toFixed(1)}%`} dir="auto" title={text}>{text}</span>
        ))}
        {x.scale.ticks.map(({ place, text }) => (
          <span class="xt" style={`left:${(100 * place).toFixed(1)}%`} dir="auto" title={text}>{text}</span>
        ))}
        <span class="yl" dir="auto">{y.column.label + scaleWord(y.scale)}</span>
        <span class="xl" dir="auto">{x.column.label + scaleWord(x.scale)}</span>
      </div>
    </div>
  );
}
