import type { Run } from "../domain/entities.ts";
import { count, number, numberStyle } from "../domain/format.ts";
import { runColor } from "../domain/run_color.ts";
import { type MetricSummary, shownMetrics, shownNames } from "../domain/run_page.ts";
import { isSystemMetric } from "../domain/system_metrics.ts";
import type { RunView } from "../wire/pages_run.ts";
import { runFields, runHref } from "./chart_links.ts";
import { Sparkline } from "./curve_svg.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Panel, Snippet } from "./parts.tsx";
import { CopyButton } from "./run_about.tsx";
import { logMore } from "./run_snippets.ts";

/** Finds rows by name: at once in the browser, by the server without JavaScript or where there are too many rows. */
export function FindBox(
  { view, field, noun, filters }: { view: RunView; field: "metrics" | "params"; noun: string; filters: string },
) {
  const { [field]: words, ...others } = runFields(view);
  return (
    <form class="find" role="search" action={href(path`/runs/${view.run_id}`)}>
      <HiddenFields query={others} />
      <Icon name="search" />
      <input
        type="search"
        name={field}
        value={String(words ?? "")}
        placeholder={field === "params" ? "Find" : `Find a ${noun}`}
        aria-label={`Find a ${noun}`}
        data-filters={filters}
        autocomplete="off"
      />
    </form>
  );
}

interface MetricTableProps {
  view: RunView;
  metrics: readonly MetricSummary[];
  /** Metrics whose charts stand on the page. */
  charted: ReadonlySet<string>;
  /** Whether more can be logged to the run. */
  active: boolean;
  server: string;
}

/** What a run scored. */
export function MetricTable({ view, metrics, charted, active, server }: MetricTableProps) {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
  const known = shownMetrics([...byKey.keys()], view.metrics, view.machine);
  const { shown, found } = shownNames(known, view.metrics);
  const machine = metrics.filter(({ key }) => isSystemMetric(key)).length;
  const color = runColor(view.run_id);
  return (
    <section class="pan lead" id="metrics">
      <header>
        <h2>Metrics</h2>
        <span class="mut" data-count>{countNote(shown.length, found, known.length)}</span>
        {machine > 0 && <MachineSwitch view={view} machine={machine} />}
        {metrics.length > 0 && <FindBox view={view} field="metrics" noun="metric" filters="#metrics" />}
      </header>
      {metrics.length === 0 &&
        (active ? <NoMetrics run_id={view.run_id} server={server} /> : <p class="none mut">No metrics.</p>)}
      {metrics.length > 0 && (
        <div class="tw" tabindex={0} role="group" aria-label="Metrics">
          <table>
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col" class="r">Last</th>
                <th scope="col" class="r">Min</th>
                <th scope="col" class="r">Max</th>
                <th scope="col" class="trend">Over time</th>
                <th scope="col" class="r">Points</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((key) => {
                const metric = byKey.get(key);
                return metric && <MetricRow metric={metric} color={color} to={chartHref(view, metric, charted)} />;
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Metrics of the machine stand in the table where somebody asks for them. */
function MachineSwitch({ view, machine }: { view: RunView; machine: number }) {
  return (
    <a href={runHref(view, { machine: !view.machine })}>
      {view.machine ? "Without" : "With"} {count(machine)} of the system
    </a>
  );
}

function NoMetrics({ run_id, server }: { run_id: string; server: string }) {
  return (
    <div class="none">
      <p>No metric yet. Log some to this run:</p>
      <Snippet label="Metrics in Python" code={logMore(server, run_id)} />
    </div>
  );
}

/** "14", "10 of 14", "300 of 2,000 found of 5,000". */
function countNote(shown: number, found: number, all: number): string {
  if (all === 0) return "";
  const part = shown < found ? `${count(shown)} of ${count(found)}` : count(found);
  return found === all ? part : `${part}${shown < found ? " found" : ""} of ${count(all)}`;
}

function chartHref(view: RunView, { key, points }: MetricSummary, charted: ReadonlySet<string>): string | undefined {
  if (points < 2) return undefined;
  const place = `#chart-${encodeURIComponent(encodeURIComponent(key))}`;
  return charted.has(key) ? place : runHref(view, { tab: "charts", metrics: key }) + place;
}

function MetricRow({ metric, color, to }: { metric: MetricSummary; color: number; to: string | undefined }) {
  const { key, last, min, max, points, spark } = metric;
  const style = numberStyle([last, min ?? last, max ?? last]);
  const text = (value: number | undefined): string => value === undefined ? "" : number(value, style);
  return (
    <tr data-name={key}>
      <th scope="row" title={key}>
        {to === undefined ? <bdi>{key}</bdi> : <a href={to} dir="auto">{key}</a>}
      </th>
      <td
        class={Number.isFinite(last) ? "r last" : "r last bad"}
        title={`${last} at step ${count(Number(metric.step))}`}
      >
        {text(last)}
      </td>
      <td class="r mut">{text(min)}</td>
      <td class="r mut">{text(max)}</td>
      <td class="trend">
        <Sparkline points={spark} color={color} />
      </td>
      <td class="r mut">{count(points)}</td>
    </tr>
  );
}

/** What a run was given. */
export function ParamTable({ view, run }: { view: RunView; run: Run }) {
  const values = new Map(run.data.params?.map(({ key, value }) => [key, value]));
  const { shown, found } = shownNames([...values.keys()], view.params);
  const text = [...values].map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join("\n"); // YAML, for every JSON string is YAML
  return (
    <section class="pan" id="params">
      <header>
        <h2>Params</h2>
        <span class="mut" data-count>{countNote(shown.length, found, values.size)}</span>
        {values.size > 12 && <FindBox view={view} field="params" noun="param" filters="#params" />}
        {values.size > 0 && <CopyButton text={text} label="Copy as YAML" />}
      </header>
      {values.size === 0 ? <p class="none mut">No params.</p> : (
        <dl class="kv num" tabindex={0} aria-label="Params">
          {shown.map((key) => (
            <div data-name={key}>
              <dt title={key} dir="auto">{key}</dt>
              <dd title={values.get(key)} dir="auto">{values.get(key)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** The data that a run read, where there is more to say than fits into a line. */
export function DatasetTable({ run }: { run: Run }) {
  const inputs = run.inputs.dataset_inputs ?? [];
  if (inputs.length === 0) return null;
  return (
    <Panel title="Datasets" note={count(inputs.length)}>
      <div class="tw">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Used for</th>
              <th scope="col">Digest</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {inputs.map(({ dataset, tags }) => (
              <tr>
                <th scope="row" title={dataset.name} dir="auto">{dataset.name}</th>
                <td>{tags?.find(({ key }) => key === "mlflow.data.context")?.value}</td>
                <td class="mono">{dataset.digest}</td>
                <td title={dataset.source}>{dataset.source_type}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
