import { elided, type MetricCell, type MetricRow, type TextRow } from "../domain/compare.ts";
import { number, type NumberStyle } from "../domain/format.ts";
import { Delta, DirectionButton, styleOf, TextValue } from "./compare_cells.tsx";
import { type Column, RunHead } from "./compare_head.tsx";
import type { MetricSection, TextSection } from "./compare_table.tsx";

export interface TransposedProps {
  columns: readonly Column[];
  baseline: number;
  metrics: MetricSection;
  sections: readonly TextSection[];
}

/** Runs as rows, everything else as columns. */
export function Transposed({ columns, baseline, metrics, sections }: TransposedProps) {
  const shown = sections.filter(({ rows }) => rows.length > 0);
  const styles = metrics.rows.map(styleOf);
  const texts = shown.flatMap(({ rows }) =>
    rows.map((row) => ({ row, shown: elided(row.cells.map(({ value }) => value)) }))
  );
  return (
    <div class="tw across" tabindex={0} role="group" aria-label="Comparison">
      <table class="grid">
        <caption class="sr">{columns.length} runs, one per row; the baseline is {columns[baseline]?.name}</caption>
        <thead>
          <tr>
            <td class="k"></td>
            {metrics.rows.length > 0 && <GroupHead title="Metrics" note={metrics.note} span={metrics.rows.length} />}
            {shown.map((section) => <GroupHead title={section.title} note={section.note} span={section.rows.length} />)}
          </tr>
          <tr>
            <th scope="col" class="k">Run</th>
            {metrics.rows.map((row, i) => <MetricHead row={row} first={i === 0} />)}
            {shown.flatMap(({ rows }) => rows.map((row, i) => <TextHead row={row} first={i === 0} />))}
          </tr>
        </thead>
        <tbody>
          {columns.map((column, at) => {
            const base = at === baseline;
            return (
              <tr class={base ? "base" : undefined}>
                <RunHead column={column} scope="row" base={base} />
                {metrics.rows.map((row, i) => <MetricData cell={row.cells[at]} style={styles[i]} base={base} />)}
                {texts.map(({ row, shown }) => <TextData row={row} text={shown[at]} at={at} base={base} />)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function GroupHead({ title, note, span }: { title: string; note: string; span: number }) {
  return (
    <th scope="colgroup" colspan={span} class="g" title={note}>
      <b>{title}</b> <span>{note}</span>
    </th>
  );
}

function MetricHead({ row, first }: { row: MetricRow; first: boolean }) {
  return (
    <th scope="col" class={first ? "r g" : "r"} title={row.key}>
      <DirectionButton metric={row.key} direction={row.direction} short /> <bdi>{row.key}</bdi>
    </th>
  );
}

function TextHead({ row, first }: { row: TextRow; first: boolean }) {
  return (
    <th scope="col" class={first ? "g" : undefined} title={row.key}>
      <bdi>{row.key}</bdi>
    </th>
  );
}

function TextData({ row, text, at, base }: { row: TextRow; text: string | undefined; at: number; base: boolean }) {
  const cell = row.cells[at];
  return cell ? <TextValue cell={cell} text={text} base={base} time={row.key === "Started"} /> : <td></td>;
}

function MetricData(props: { cell: MetricCell | undefined; style: NumberStyle | undefined; base: boolean }) {
  const { cell, style = { decimals: 4, exponent: false } } = props;
  if (cell === undefined) return <td class="m"></td>;
  const kind = cell.best ? "m best" : Number.isFinite(cell.value) ? "m" : "m nan";
  const bar = cell.share === undefined ? undefined : `--b:${(100 * cell.share).toFixed(1)}`;
  return (
    <td class={kind} style={bar} title={String(cell.value)}>
      {number(cell.value, style)}
      {cell.best && <span class="sr">best</span>}
      {!props.base && (
        <small>
          <Delta cell={cell} style={style} />
        </small>
      )}
    </td>
  );
}
