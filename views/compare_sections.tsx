import type { MetricRow } from "../domain/compare.ts";
import type { ComparedRuns } from "../domain/comparison.ts";
import { counted } from "../domain/format.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { compareHref } from "./chart_links.ts";
import type { MetricSection, TextSection } from "./compare_table.tsx";
import { swaps } from "./view_form.tsx";

/** "5 of 23 differ", or that none does, or how many rows there are. */
function noteOf(rows: readonly { differs: boolean }[], more: string): string {
  const differing = rows.filter((row) => row.differs).length;
  if (differing === 0) return rows.length === 1 ? "the same in all runs" : `all ${rows.length} are the same`;
  if (rows.length === 1) return `differs${more}`;
  return `${differing === rows.length ? `all ${rows.length}` : `${differing} of ${rows.length}`} differ${more}`;
}

const shownRows = <Row extends { differs: boolean }>(rows: readonly Row[], { only }: CompareView): Row[] =>
  rows.filter((row) => only === "all" || row.differs);

export function metricSection(rows: readonly MetricRow[], view: CompareView): MetricSection {
  const note = rows.length === 0 ? "none of these runs has any" : noteOf(rows, "");
  return {
    rows: shownRows(rows, view),
    note: rows.some((row) => row.differs) ? `last value; change from the baseline; ▲ better ▼ worse` : note,
  };
}

export function textSections({ sections }: ComparedRuns, view: CompareView): TextSection[] {
  return sections.map((section) => ({
    ...section,
    rows: shownRows(section.rows, view),
    note: section.title === "Run"
      ? ""
      : noteOf(section.rows, section.title === "Params" ? "; shaded: not the baseline’s value" : ""),
  }));
}

const nouns: Readonly<Record<string, string>> = { Params: "param", Tags: "tag" };

/** Above the names: what is hidden, or could be. */
export function Hidden({ found, view }: { found: ComparedRuns; view: CompareView }) {
  const equal = (rows: readonly { differs: boolean }[]): number => rows.filter((row) => !row.differs).length;
  const parts = [
    counted(equal(found.metrics), "metric"),
    ...found.sections.flatMap(({ title, rows }) =>
      nouns[title] === undefined ? [] : [counted(equal(rows), nouns[title])]
    ),
  ].filter((text) => !text.startsWith("0 "));
  if (parts.length === 0) return <span class="sr">Name</span>;
  const hidden = view.only === "diff";
  return (
    <>
      {hidden ? "Hidden because equal: " : "Equal: "}
      {parts.join(", ")}{" "}
      <a href={compareHref(view, { only: hidden ? "all" : "diff" })} hx-boost={swaps("#compare")}>
        {hidden ? "Show" : "Hide"}
      </a>
    </>
  );
}
