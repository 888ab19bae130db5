import type { NumberColumn } from "../../domain/plots/columns.ts";
import { type Importance, leastImportanceRuns, type ParamImportance } from "../../domain/plots/importance.ts";
import type { Correlation } from "../../domain/plots/correlation.ts";
import type { Direction } from "../../domain/metric_names.ts";
import { PlotCard, PlotEmpty } from "./card.tsx";

const mostRows = 12;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function noteOf({ verdict, runs, explained }: Importance): string {
  if (verdict === "too few runs") return `${runs} runs: too few to tell`;
  if (verdict === "unexplained") return `${runs} runs: the params do not explain it`;
  return `${runs} runs; the params explain ${percent(explained)} of the order of runs`;
}

function verdictText({ verdict, runs }: Importance, label: string): string | undefined {
  if (verdict === "told") return undefined;
  if (verdict === "too few runs") {
    return `Importance needs ${leastImportanceRuns} runs with a ${label} and params that differ; there are ${runs}. Correlation is shown alone, and with so few runs it may be chance.`;
  }
  return `A forest of these params guesses the ${label} of runs that it has not seen no better than their mean. Correlation is shown alone.`;
}

/** Whether more of a param goes with better values, as a class; none where nobody knows which are better. */
function verdictOf(value: number, direction: Direction): string {
  if (direction === "unknown") return "";
  return value > 0 === (direction === "higher") ? " good" : " bad";
}

function Correlated({ correlation, direction }: { correlation: Correlation | undefined; direction: Direction }) {
  if (correlation === undefined) return <td class="mut">none</td>;
  const { kind, value } = correlation;
  const size = 50 * Math.abs(value);
  const side = kind === "groups" ? "" : `${value < 0 ? " neg" : " pos"}${verdictOf(value, direction)}`;
  const text = value.toFixed(2).replace("-", "−");
  return (
    <td>
      <span class={`pcor${side}`}>
        <i aria-hidden="true" style={`width:${(kind === "groups" ? 2 * size : size).toFixed(1)}%`}></i>
      </span>
      <b>{kind === "groups" ? text : value > 0 ? `+${text}` : text}</b>
      <span class="mut">{kind === "groups" ? "η" : "ρ"}</span>
    </td>
  );
}

const nameOf = ({ params }: ParamImportance): string => params.map(({ label }) => label).join(", ");

function ImportanceTable(
  { rows, told, about }: { rows: readonly ParamImportance[]; told: boolean; about: NumberColumn },
) {
  const { label, direction } = about;
  return (
    <div class="pscroll" tabindex={0} role="region" aria-label={`Params for ${label}`}>
      <table class="pimp">
        <caption class="sr">Params by what they mean for {label}</caption>
        <thead>
          <tr>
            <th scope="col">param</th>
            {told && <th scope="col">importance</th>}
            <th scope="col">correlation</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              <th scope="row" dir="auto" title={nameOf(row)}>{nameOf(row)}</th>
              {told && (
                <td>
                  <span class="pshare">
                    <i aria-hidden="true" style={`width:${(100 * (row.share ?? 0)).toFixed(1)}%`}></i>
                  </span>
                  <b>{percent(row.share ?? 0)}</b>
                </td>
              )}
              <Correlated correlation={row.correlation} direction={direction} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which params lead to a metric, and whether more of them means more or less of it. */
export function ImportancePlot({ about, importance }: { about: NumberColumn; importance: Importance }) {
  const rows = importance.params.slice(0, mostRows);
  const told = importance.verdict === "told";
  const hidden = importance.params.length - rows.length + importance.left_out;
  const text = verdictText(importance, about.label);
  return (
    <PlotCard
      kind="importance"
      title={`Which params matter for ${about.label}`}
      note={noteOf(importance)}
      notes={[
        "importance: how much a random forest (Breiman 2001) errs on runs it has not seen when the param is shuffled",
        "ρ: Spearman’s rank correlation, − less and + more with more of the param; η: correlation ratio of categories",
        ...(about.direction === "unknown" ? [] : ["green: more of the param goes with better values"]),
        ...(hidden > 0 ? [`${hidden} less telling params are not shown`] : []),
      ]}
    >
      {text !== undefined && <PlotEmpty>{text}</PlotEmpty>}
      {rows.length === 0
        ? <PlotEmpty>These runs have the same params.</PlotEmpty>
        : <ImportanceTable rows={rows} told={told} about={about} />}
    </PlotCard>
  );
}
