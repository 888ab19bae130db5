import { type MetricCell, metricRow } from "../domain/compare.ts";
import { number, numberStyle } from "../domain/format.ts";
import { compareMetricNames, type Direction, directionOf } from "../domain/metric_names.ts";
import { type SourcedVersion, versionMetrics } from "../domain/version_source.ts";
import { Delta, styleOf } from "./compare_cells.tsx";

/** Which of two values of a metric are better, by metric; what is not in it is guessed from the name. */
export type Directions = ReadonlyMap<string, Direction>;

export const arrowOf = (metric: string, directions: Directions): string =>
  ({ higher: " ↑", lower: " ↓", unknown: "" })[directions.get(metric) ?? directionOf(metric)];

/** Metrics of a decision that are shown. */
const mostShown = 12;

interface AgainstProps {
  candidate: SourcedVersion;
  /** What it is measured against. */
  current: SourcedVersion | undefined;
  /** "champion", "Production". */
  against: string;
  directions: Directions;
  /** All metrics instead of the first ones. */
  whole?: boolean;
}

/** The numbers to decide by: a version beside the one whose place it is to take. */
export function Against({ candidate, current, against, directions, whole }: AgainstProps) {
  const [old, young] = [current ? versionMetrics(current) : new Map<string, number>(), versionMetrics(candidate)];
  const keys = [...new Set([...young.keys(), ...old.keys()])].sort(compareMetricNames);
  const shown = whole ? keys : keys.slice(0, mostShown);
  if (keys.length === 0) {
    return <p class="none mut">Neither version has metrics: what they were made of logged none, or is gone.</p>;
  }
  return (
    <table>
      <caption class="sr">
        Version {candidate.version.version}
        {current && ` against version ${current.version.version}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">{current ? `Against ${against}` : whole ? "Metric" : `No version is ${against} yet`}</th>
          {current && <th scope="col" class="r">{current.version.version}</th>}
          <th scope="col" class="r">{candidate.version.version}</th>
          {current && <th scope="col" class="r">Change</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map((key) => {
          const values = current ? [old.get(key), young.get(key)] : [young.get(key)];
          const row = metricRow(key, values, 0, directions.get(key));
          const style = styleOf(row);
          return (
            <tr>
              <th scope="row" title={key} dir="auto">{key}{arrowOf(key, directions)}</th>
              {current && <Value cell={row.cells[0]} style={style} quiet />}
              <Value cell={row.cells.at(-1)} style={style} />
              {current && <td class="r">{row.cells[1] && <Delta cell={row.cells[1]} style={style} />}</td>}
            </tr>
          );
        })}
        {keys.length > shown.length && (
          <tr>
            <td colspan={4} class="mut">and {keys.length - shown.length} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Value(
  { cell, style, quiet }: { cell: MetricCell | undefined; style: ReturnType<typeof styleOf>; quiet?: boolean },
) {
  if (cell === undefined) return <td class="r"></td>;
  const wrong = !Number.isFinite(cell.value);
  return <td class={quiet ? "r mut" : wrong ? "r bad" : "r"} title={String(cell.value)}>{number(cell.value, style)}
  </td>;
}

/** The cells of one metric over versions, in one style; undefined where a version has none. */
export function metricColumn(
  key: string,
  versions: readonly SourcedVersion[],
  champion: SourcedVersion | undefined,
  directions: Directions,
) {
  const values = versions.map((version) => versionMetrics(version).get(key));
  const base = champion && versionMetrics(champion).get(key);
  // The champion may be on another page: it is measured against, and left out again.
  const row = metricRow(key, [base, ...values], 0, directions.get(key));
  return { key, style: numberStyle(values.filter((value) => value !== undefined)), cells: row.cells.slice(1) };
}
