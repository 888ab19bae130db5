import { elided, type MetricRow, type TextRow } from "../domain/compare.ts";
import type { ComparedPart } from "../domain/version_compare.ts";
import type { CompareVersionsQuery } from "../wire/pages_models.ts";
import { MetricValue, SectionHead, styleOf, TextValue } from "./compare_cells.tsx";
import { arrowOf, type Directions } from "./version_metrics.tsx";

/** The rows of the table in which versions stand beside each other. */

/** How many rows of a part are shown, and why not more. */
export function noteOf(shown: number, all: number, only: CompareVersionsQuery["only"]): string {
  if (only === "all") return String(all);
  if (shown === 0) return all === 1 ? "the same in all versions" : `all ${all} are the same`;
  return `${shown} of ${all} that differ`;
}

export function MetricLine(
  { row, baseline, directions }: { row: MetricRow; baseline: number; directions: Directions },
) {
  const style = styleOf(row);
  return (
    <tr>
      <th scope="row" title={row.key}>
        <bdi>{row.key}</bdi>
        {arrowOf(row.key, directions)}
      </th>
      {row.cells.map((cell, i) => <MetricValue cell={cell} style={style} base={i === baseline} />)}
    </tr>
  );
}

export function TextPart(
  { part, note, baseline, span }: { part: ComparedPart; note: string; baseline: number; span: number },
) {
  return (
    <tbody>
      <SectionHead title={part.title} note={note} span={span} />
      {part.rows.map((row) => <TextLine row={row} baseline={baseline} />)}
    </tbody>
  );
}

function TextLine({ row, baseline }: { row: TextRow; baseline: number }) {
  const texts = elided(row.cells.map(({ value }) => value));
  return (
    <tr>
      <th scope="row" title={row.key}>
        <bdi>{row.key}</bdi>
      </th>
      {row.cells.map((cell, i) => <TextValue cell={cell} text={texts[i]} base={i === baseline} time={false} />)}
    </tr>
  );
}
