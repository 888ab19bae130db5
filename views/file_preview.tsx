import { bytes, count } from "../domain/format.ts";
import {
  previewBytes,
  previewColumns,
  type PreviewKind,
  previewRows,
  type Shown,
  type Table,
} from "../domain/preview.ts";

/** A file that is looked into. */
export interface PreviewedFile {
  path: string;
  /** Bytes. */
  size?: number | undefined;
  /** What `previewKind` says. */
  kind: PreviewKind;
  /** What `showHead` made of its beginning, where `needsHead(kind)`. */
  shown?: Shown | undefined;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** What a file looks like. `source` is the address of the file itself. */
export function Preview({ file, source }: { file: PreviewedFile; source: string }) {
  const { path, size, kind, shown } = file;
  return (
    <figure class="look">
      <figcaption>
        <bdi title={path}>{nameOf(path)}</bdi>
        <span class="mut">{captionOf(file)}</span>
      </figcaption>
      {kind === "image" && (
        <a href={source}>
          <img src={source} alt={nameOf(path)} loading="lazy" />
        </a>
      )}
      {shown?.kind === "table" && <DataTable table={shown.table} />}
      {shown?.kind === "table" && shown.table.left_out !== undefined && <LeftOut names={shown.table.left_out} />}
      {shown?.kind === "text" && (shown.text === ""
        ? <p class="mut">The file is empty.</p>
        : <pre class="file" tabindex={0} aria-label={nameOf(path)} dir="auto">{shown.text}</pre>)}
      {(kind === "none" || shown?.kind === "binary" || shown?.kind === "unreadable") && (
        <p class="mut">
          {shown?.kind === "binary"
            ? "This is not text."
            : shown?.kind === "unreadable"
            ? `There is no preview of this file. ${shown.reason}`
            : "There is no preview of such files."}{" "}
          <a href={source} download>Download{size === undefined ? "" : ` ${bytes(size)}`}</a>
        </p>
      )}
    </figure>
  );
}

/** Names that are told. */
const mostTold = 20;

function LeftOut({ names }: { names: readonly string[] }) {
  const more = names.length - mostTold;
  return (
    <p class="mut">
      Not shown, because their first rows are more than is read for a preview or cannot be decoded:{" "}
      {names.slice(0, mostTold).join(", ")}
      {more > 0 && ` and ${count(more)} more`}.
    </p>
  );
}

/** "first 64 KB of 12 MB", "100 of 1,204 rows", "48 KB". */
function captionOf({ kind, size, shown }: PreviewedFile): string {
  const cut = kind !== "parquet" && size !== undefined && size > previewBytes && shown !== undefined &&
    shown.kind !== "binary";
  const length = size === undefined ? "" : cut ? `first ${bytes(previewBytes)} of ${bytes(size)}` : bytes(size);
  return [length, shown?.kind === "table" ? tableNote(shown.table) : ""].filter((text) => text !== "").join(", ");
}

function tableNote({ columns, rows, total, all_columns = columns.length }: Table): string {
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
function DataTable({ table }: { table: Table }) {
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
