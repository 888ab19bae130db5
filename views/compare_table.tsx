import { type Child } from "hono/jsx";
import { elided, type MetricRow, type TextRow } from "../domain/compare.ts";
import { nestNames } from "../domain/nested_names.ts";
import { DirectionButton, MetricValue, SectionHead, styleOf, TextValue } from "./compare_cells.tsx";
import { type Column, RunHead } from "./compare_head.tsx";

export interface CompareTableProps {
  columns: readonly Column[];
  baseline: number;
  metrics: readonly MetricRow[];
  sections: readonly TextSection[];
  /** Above the names: what is hidden. */
  corner: Child;
}

/** Rows of texts under one heading. */
export interface TextSection {
  title: string;
  note: string;
  rows: readonly TextRow[];
  /** Names such as `model.depth` as a tree. */
  nested?: boolean;
}

/** The rows, and what is said above them where some are hidden or none is there. */
export interface MetricSection {
  rows: readonly MetricRow[];
  note: string;
}

/** So many columns fit beside each other on a wide screen. */
const mostFitting = 6;

/** Runs as columns. */
export function CompareTable(props: Omit<CompareTableProps, "metrics"> & { metrics: MetricSection }) {
  const { columns, baseline, metrics, sections, corner } = props;
  return (
    <div class={columns.length > mostFitting ? "ctw" : "ctw fits"} tabindex={0} role="group" aria-label="Comparison">
      <table class="ct" style={`--n:${columns.length}`}>
        <caption class="sr">{columns.length} runs, one per column; the baseline is {columns[baseline]?.name}</caption>
        <thead>
          <tr>
            <th scope="col" class="corner">{corner}</th>
            {columns.map((column, i) => <RunHead column={column} scope="col" base={i === baseline} />)}
          </tr>
        </thead>
        <tbody>
          <SectionHead title="Metrics" note={metrics.note} span={columns.length} />
          {metrics.rows.map((row) => <MetricLine row={row} baseline={baseline} />)}
        </tbody>
        {sections.map((section) => <TextLines section={section} baseline={baseline} span={columns.length} />)}
      </table>
    </div>
  );
}

function MetricLine({ row, baseline }: { row: MetricRow; baseline: number }) {
  const style = styleOf(row);
  return (
    <tr
      data-metric={row.key}
      data-direction={row.direction}
      data-decimals={style.exponent ? undefined : style.decimals}
    >
      <th scope="row" title={row.key}>
        <div class="row">
          <bdi>{row.key}</bdi>
          <DirectionButton metric={row.key} direction={row.direction} />
        </div>
      </th>
      {row.cells.map((cell, i) => <MetricValue cell={cell} style={style} base={i === baseline} />)}
    </tr>
  );
}

function TextLines({ section, baseline, span }: { section: TextSection; baseline: number; span: number }) {
  const rows = new Map(section.rows.map((row) => [row.key, row]));
  const lines = section.nested
    ? nestNames(rows.keys())
    : [...rows.keys()].map((name) => ({ kind: "leaf" as const, name, label: name, depth: 0 }));
  return (
    <tbody>
      <SectionHead title={section.title} note={section.note} span={span} />
      {lines.map(({ kind, name, label, depth }) => {
        const inside = `--d:${depth}`;
        const row = rows.get(name);
        const texts = elided(row?.cells.map(({ value }) => value) ?? []);
        if (kind === "branch") {
          return (
            <tr class="branch" aria-hidden="true">
              <th style={inside}>{label}</th>
              <td colspan={span}></td>
            </tr>
          );
        }
        return (
          <tr>
            <th scope="row" style={inside} title={name}>
              <span class="sr">{name.slice(0, name.length - label.length)}</span>
              <bdi>{label}</bdi>
            </th>
            {row?.cells.map((cell, i) => (
              <TextValue cell={cell} text={texts[i]} base={i === baseline} time={name === "Started"} />
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}
