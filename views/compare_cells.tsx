import type { MetricCell, MetricRow, TextCell } from "../domain/compare.ts";
import { delta, number, type NumberStyle, numberStyle } from "../domain/format.ts";
import type { Direction } from "../domain/metric_names.ts";
import { Badge, Time } from "./parts.tsx";

/** How a row's numbers are written. */
export const styleOf = ({ cells }: MetricRow): NumberStyle =>
  numberStyle(cells.flatMap((cell) => cell ? [cell.value] : []));

/** The change from the baseline. ▲ is better and ▼ worse, always; the sign is the arithmetic one. */
export function Delta({ cell, style }: { cell: MetricCell; style: NumberStyle }) {
  if (cell.delta === undefined) return null;
  const text = delta(cell.delta, style);
  if (cell.verdict === "better") {
    return (
      <span class="good">
        ▲ {text}
        <span class="sr">better</span>
      </span>
    );
  }
  if (cell.verdict === "worse") {
    return (
      <span class="bad">
        ▼ {text}
        <span class="sr">worse</span>
      </span>
    );
  }
  return <span class="mut">{text}</span>;
}

/** A metric of one run: best, value, change. `class` is the column's. */
export function MetricValue(
  { cell, style, base }: { cell: MetricCell | undefined; style: NumberStyle; base: boolean },
) {
  if (cell === undefined) return <td class={base ? "base" : undefined}></td>;
  const shown = number(cell.value, style);
  return (
    <td class={base ? "base" : undefined} title={cell.value === Number(shown) ? undefined : String(cell.value)}>
      <span class="dl">
        {cell.best ? <Badge accent>best</Badge> : <span></span>}
        <span class={cell.best ? "v best" : Number.isFinite(cell.value) ? "v" : "v bad"}>{shown}</span>
        {base ? <span class="mut">baseline</span> : <Delta cell={cell} style={style} />}
      </span>
    </td>
  );
}

export interface TextValueProps {
  cell: TextCell;
  /** What is shown of its value, where that is not all. */
  text: string | undefined;
  base: boolean;
  /** The value is a moment, in ms since the epoch. */
  time: boolean;
}

/** A param, tag or fact of one run. No two runs start at one moment: a time is never marked as different. */
export function TextValue({ cell: { value, other }, text, base, time }: TextValueProps) {
  return (
    <td class={base ? "base" : other && !time ? "x" : undefined} dir="auto" title={time ? undefined : value}>
      {time && value !== undefined ? <Time at={Number(value)} /> : text}
    </td>
  );
}

const turns: Record<Direction, { arrow: string; words: string; next: Direction }> = {
  lower: { arrow: "↓", words: "lower is better", next: "higher" },
  higher: { arrow: "↑", words: "higher is better", next: "unknown" },
  unknown: { arrow: "↕", words: "neither is better", next: "lower" },
};

/** Which values are better, and a button of the form `turn` that says otherwise. */
export function DirectionButton(
  { metric, direction, short }: { metric: string; direction: Direction; short?: boolean },
) {
  const { arrow, words, next } = turns[direction];
  const told = `${metric}: ${words}. Change to ${turns[next].words}, for everybody`;
  return (
    <button
      type="submit"
      form="turn"
      name="dir"
      value={`${next}:${metric}`}
      class="link turn"
      aria-label={told}
      title={told}
    >
      {arrow}
      {!short && direction !== "unknown" && <span class="lo">{words}</span>}
    </button>
  );
}

/** The heading of rows that belong together. */
export function SectionHead({ title, note, span }: { title: string; note: string; span: number }) {
  return (
    <tr class="h2">
      <th scope="rowgroup">{title}</th>
      <td colspan={span} class="mut">
        <span>{note}</span>
      </td>
    </tr>
  );
}
