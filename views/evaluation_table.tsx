import type { Run } from "../domain/entities.ts";
import { type EvaluationCell, type EvaluationColumn, type EvaluationRow, sameCell } from "../domain/evaluation.ts";
import { plainNumber } from "../domain/format.ts";
import { type RunMark, runMarks } from "../domain/run_color.ts";
import { fileHref } from "./artifact_actions.tsx";
import type { EvaluationPageProps } from "./evaluation.tsx";
import { href, path } from "./links.ts";
import { Dot } from "./parts.tsx";

/** Characters of a cell that the page carries. */
const mostShown = 1_000;

/** Rows by their key; each column once a run, or once where all runs say the same. */
export function EvaluationTableView({ runs, evaluation, rows, view, table }: EvaluationPageProps) {
  const { columns, key } = evaluation;
  const marks = runMarks(runs.map(({ info }) => info.run_id));
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Evaluation table">
      <table class="grid ev">
        <caption class="sr">{table} of {runs.length} runs, row by row</caption>
        <thead>
          <tr>
            <th scope="col" rowspan={2} class="k" dir="auto">{key ?? "Row"}</th>
            {columns.map((column) => <ColumnHead column={column} runs={runs} />)}
          </tr>
          <tr>
            {columns.map((column) => runHeads(column, runs, marks))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => <Row row={row} columns={columns} runs={runs} number={view.from + i + 1} />)}
        </tbody>
      </table>
    </div>
  );
}

const spanOf = ({ same }: EvaluationColumn, runs: readonly Run[]): number => same ? 1 : runs.length;

function ColumnHead({ column, runs }: { column: EvaluationColumn; runs: readonly Run[] }) {
  return (
    <th scope="colgroup" colspan={spanOf(column, runs)} class="g" title={column.name}>
      <bdi>{column.name}</bdi> {column.same && runs.length > 1 && <span class="mut">the same in all</span>}
    </th>
  );
}

function runHeads(column: EvaluationColumn, runs: readonly Run[], marks: ReadonlyMap<string, RunMark>) {
  return runs.slice(0, spanOf(column, runs)).map(({ info: { run_id, run_name } }, i) => (
    <th scope="col" class={i === 0 ? "g" : undefined} title={run_name}>
      {column.same && runs.length > 1 ? <span class="sr">{column.name} of all runs</span> : (
        <span class="nm">
          <Dot run_id={run_id} mark={marks.get(run_id)} />
          <a href={href(path`/runs/${run_id}`)} dir="auto">{run_name}</a>
        </span>
      )}
      {column.means[i] !== undefined && (
        <span class="mean">mean {plainNumber(Number(column.means[i].toPrecision(4)))}</span>
      )}
    </th>
  ));
}

interface RowProps {
  row: EvaluationRow;
  columns: readonly EvaluationColumn[];
  runs: readonly Run[];
  number: number;
}

function Row({ row, columns, runs, number }: RowProps) {
  const holder = runs[row.key_run]?.info.run_id ?? "";
  return (
    <tr>
      <th scope="row" class="k">
        <Cell cell={row.key} run_id={holder} label={`row ${number}`} />
      </th>
      {columns.map((column, at) => {
        const cells = row.cells[at] ?? [];
        return runs.slice(0, spanOf(column, runs)).map(({ info }, run) => {
          const cell = cells[run];
          const other = run > 0 && !sameCell(cell, cells[0]);
          const kinds = [run === 0 ? "g" : "", other ? "x" : "", cell?.number !== undefined ? "m" : ""];
          return (
            <td class={kinds.filter((kind) => kind !== "").join(" ") || undefined}>
              {cell && <Cell cell={cell} run_id={info.run_id} label={`${column.name}, row ${number}`} />}
            </td>
          );
        });
      })}
    </tr>
  );
}

/** Long texts show their beginning, and open. */
function Cell({ cell: { text, image }, run_id, label }: { cell: EvaluationCell; run_id: string; label: string }) {
  if (image) {
    return (
      <a href={fileHref(run_id, image.whole)} download title="Download the picture">
        <img src={fileHref(run_id, image.path)} alt={label} loading="lazy" />
      </a>
    );
  }
  const rest = text.length - mostShown;
  return (
    <div class="tx" dir="auto" tabindex={text.length > 160 ? 0 : undefined}>
      {text.slice(0, mostShown)}
      {rest > 0 && <span class="mut">… and {rest} characters more</span>}
    </div>
  );
}
