import type { Child } from "hono/jsx";
import { runMarks } from "../../domain/run_color.ts";
import type { Run } from "../../domain/entities.ts";
import { count, plainNumber } from "../../domain/format.ts";
import { cellText, type NumberColumn, numberText, type PlotColumn } from "../../domain/plots/columns.ts";
import type { PlotKind } from "../../domain/plots/settings.ts";
import { shadeCount, shadeOf, type Shades, shadesOf } from "../../domain/plots/shades.ts";
import { href, path } from "../links.ts";
import type { PlotsPlace } from "./links.ts";

export interface PlotCardProps {
  kind: PlotKind;
  title: Child;
  note?: Child;
  /** Choices of what is plotted. */
  tools?: Child;
  /** What a reader must know of what is not seen. */
  notes?: readonly string[];
  children?: Child;
}

/** A plot with its heading, its choices and its honest notes. */
export function PlotCard({ kind, title, note, tools, notes = [], children }: PlotCardProps) {
  return (
    <section class="pan pcard" id={`plot-${kind}`} data-plot={kind}>
      <header>
        <h3 dir="auto">{title}</h3>
        {note !== undefined && <span class="mut">{note}</span>}
        {tools !== undefined && <div class="acts">{tools}</div>}
      </header>
      {children}
      {notes.length > 0 && <footer>{notes.join("; ")}</footer>}
    </section>
  );
}

/** Where a plot cannot be drawn: why, and what would change it. */
export const PlotEmpty = ({ children }: { children: Child }) => <p class="pempty">{children}</p>;

/** So many runs are written out; the table of runs has all of them. */
const mostRows = 100;

export interface PlotValuesProps {
  runs: readonly Run[];
  /** Each once. */
  columns: readonly PlotColumn[];
  caption: string;
  place: PlotsPlace;
}

/** The same as a table: for those who cannot see a plot, for exact values, and for the readout under the pointer. */
export function PlotValues({ runs, columns, caption, place }: PlotValuesProps) {
  const shown = columns.filter((column, i) => columns.findIndex(({ name }) => name === column.name) === i);
  return (
    <details class="pvals">
      <summary>Values</summary>
      <div class="pscroll" tabindex={0} role="region" aria-label={caption}>
        <table>
          <caption class="sr">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">run</th>
              {shown.map((column) => (
                <th scope="col" dir="auto" class={column.kind === "number" ? "r" : undefined}>{column.label}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.slice(0, mostRows).map(({ info }, i) => (
              <tr data-run={info.run_id}>
                <th scope="row" dir="auto" title={info.run_name}>
                  <a href={href(path`/runs/${info.run_id}`)}>{info.run_name}</a>
                </th>
                {shown.map((column) => (
                  <td dir="auto" class={column.kind === "number" ? "r" : undefined}>{cellText(column, i)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {runs.length > mostRows && (
        <p class="mut">
          The first {mostRows} of {count(runs.length)} runs.{" "}
          {place.csv !== undefined && <a href={place.csv} download hx-boost="false">All that match, as CSV</a>}
        </p>
      )}
    </details>
  );
}

/** How runs are coloured: by shades of a number, by the categories of a column, or each in its own colour. */
export interface Coloring {
  column: PlotColumn | undefined;
  shades: Shades | undefined;
  /** The class of a run's mark; a run without a value is grey. */
  classOf: (run: number) => string;
}

/** More categories than colours cannot be told apart. */
const mostColors = 10;

export function coloringOf(runs: readonly Run[], column: PlotColumn | undefined): Coloring {
  if (column === undefined) {
    const marks = runMarks(runs.map(({ info }) => info.run_id));
    return { column, shades: undefined, classOf: (run) => `c${marks.get(runs[run]?.info.run_id ?? "")?.color ?? 0}` };
  }
  if (column.kind === "number") {
    const shades = shadesOf(column);
    const classOf = (run: number): string => {
      const shade = shades && shadeOf(shades, column.cells[run]);
      return shade === undefined ? "m" : `m${shade}`;
    };
    return { column, shades, classOf };
  }
  const colors = new Map(column.values.slice(0, mostColors).map((value, i) => [value, i]));
  const classOf = (run: number): string => {
    const color = colors.get(column.cells[run] ?? "");
    return column.cells[run] === undefined || color === undefined ? "m" : `c${color}`;
  };
  return { column, shades: undefined, classOf };
}

/** What the colours mean. */
export function Legend({ coloring }: { coloring: Coloring }) {
  const { column, shades } = coloring;
  if (column === undefined) return null;
  if (column.kind === "category") {
    const more = column.values.length - mostColors;
    return (
      <ul class="pkeys" aria-label={`Colours of ${column.label}`}>
        {column.values.slice(0, mostColors).map((value, i) => (
          <li>
            <span class={`dot c${i}`}></span>
            <span dir="auto" title={value}>{value}</span>
          </li>
        ))}
        {more > 0 && <li class="mut">and {more} more, grey</li>}
      </ul>
    );
  }
  if (shades === undefined) return null;
  const { turned, min, max } = shades;
  const [weak, strong] = turned ? [max, min] : [min, max];
  return (
    <p class="pshades">
      <span class="mut" dir="auto" title={column.label}>{column.label}</span>
      <span>{unitText(column, weak)}</span>
      <span class="ramp" aria-hidden="true">
        {Array.from({ length: shadeCount }, (_, i) => <i class={`m${i}`}></i>)}
      </span>
      <span>
        {unitText(column, strong)}
        {column.direction !== "unknown" && <span class="mut">better</span>}
      </span>
    </p>
  );
}

const unitText = (column: NumberColumn, value: number): string =>
  column.unit === "plain" ? plainNumber(Number(value.toPrecision(3))) : numberText(column, value);
