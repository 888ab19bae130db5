import { count } from "../../domain/format.ts";
import { previewColumns, previewRows, type Table } from "../../domain/preview.ts";

/** Names that are told. */
const mostTold = 20;

/** Columns that the table is without. */
export function LeftOut({ names }: { names: readonly string[] }) {
  const more = names.length - mostTold;
  return (
    <p class="mut">
      Not shown, because their first rows are more than is read for a preview or cannot be decoded:{" "}
      {names.slice(0, mostTold).join(", ")}
      {more > 0 && ` and ${count(more)} more`}.
    </p>
  );
}

/** "100 of 1,204 rows, 50 of 80 columns". */
export function tableNote({ columns, rows, total, all_columns = columns.length }: Table): string {
  const shownRows = Math.min(rows.length, previewRows);
  const texts = [
    total === undefined
      ? `first ${count(shownRows)} rows`
      : shownRows < total
      ? `${count(shownRows)} of ${count(total)} rows`
      : `${count(total)} rows`,
    all_columns > previewColumns || all_columns > columns.length
      ? `${Math.min(columns.length, previewColumns)} of ${count(all_columns)} columns`
      : "",
  ];
  return texts.filter((text) => text !== "").join(", ");
}

const numberText = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$|^(nan|-?inf(inity)?|)$/i;

/** The first rows of a table; columns of numbers to the right. */
export function DataTable({ table }: { table: Table }) {
  const rows = table.rows.slice(0, previewRows);
  const columns = table.columns.slice(0, previewColumns);
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => numberText.test(row[i] ?? "")));
  return (
    <div class="tw data" tabindex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            <th scope="col" class="r">
              <span class="sr">Row</span>
            </th>
            {columns.map((name, i) => (
              <th
                scope="col"
                class={numeric[i] ? "r" : undefined}
                title={table.types?.[i] && `${name}: ${table.types[i]}`}
              >
                <bdi>{name}</bdi>
                {table.types?.[i] !== undefined && <span class="lo type">{table.types[i]}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr>
              <th scope="row" class="r mut">{at + 1}</th>
              {columns.map((_, i) => (
                <td class={numeric[i] ? "r" : undefined} title={cut(row[i])} dir="auto">
                  {row[i]?.slice(0, mostShown)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Characters of a cell that the page carries, and from which on a cell is cut by its column. */
const mostShown = 500;
const usuallySeen = 30;

const cut = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > usuallySeen ? text.slice(0, mostShown) : undefined;
