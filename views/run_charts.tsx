import type { Curve } from "../domain/curve.ts";
import { count } from "../domain/format.ts";
import { chartsOfRun, shownMetrics } from "../domain/run_page.ts";
import { isSystemMetric, systemGroups } from "../domain/system_metrics.ts";
import { Chart, Charts, type Line } from "./chart.tsx";
import { chartSettings, runFields, runHref } from "./chart_links.ts";
import { ChartTools } from "./chart_tools.tsx";
import { href, path } from "./links.ts";
import { Empty } from "./parts.tsx";
import type { RunPageProps } from "./run.tsx";
import { FindBox } from "./run_tables.tsx";

const linesOf = ({ run }: RunPageProps): Line[] => [{ run_id: run.info.run_id, name: run.info.run_name }];

const curvedKeys = ({ metrics }: RunPageProps): string[] =>
  metrics.filter(({ points }) => points > 1).map(({ key }) => key);

/** The curves, and where the rest of them are. */
export function CurveWall(props: RunPageProps) {
  const { view, charts } = props;
  const known = curvedKeys(props).filter((key) => !isSystemMetric(key)).length;
  if (charts.length === 0) return null;
  const lines = linesOf(props);
  return (
    <>
      <Charts id="curves" class="wall r3c" lines={lines}>
        {charts.map(({ metric, curves }) => (
          <Chart metric={metric} curves={curves} lines={lines} settings={chartSettings(view)} />
        ))}
      </Charts>
      {view.tab === "overview" && charts.length < known && (
        <p>
          <a href={runHref(view, { tab: "charts", metrics: "" })}>All {count(known)} charts</a>
        </p>
      )}
    </>
  );
}

/** Every curve of the run, to be found by name. */
export function RunCharts(props: RunPageProps) {
  const { view } = props;
  const known = shownMetrics(curvedKeys(props), view.metrics);
  const shown = chartsOfRun(view, known);
  if (known.length === 0) {
    return (
      <Empty title="No curves yet">
        <p>
          A metric has a curve from its second point on: <code>mlflow.log_metric("loss", 0.5, step=1)</code>
        </p>
      </Empty>
    );
  }
  return (
    <>
      <div class="bar flat">
        <ChartTools action={href(path`/runs/${view.run_id}`)} fields={runFields(view)} part="#run" view={view} />
        <span class="grow"></span>
        <span class="mut" data-count>
          {shown.length < known.length ? `${count(shown.length)} of ${count(known.length)}` : count(known.length)}
        </span>
        <FindBox view={view} field="metrics" noun="chart" filters="#curves" />
      </div>
      {shown.length === 0 ? <p class="mut">No metric’s name holds “{view.metrics}”.</p> : <CurveWall {...props} />}
    </>
  );
}

/** What the machine did meanwhile, by processor, memory, disk, network and graphics cards. */
export function SystemCharts(props: RunPageProps) {
  const { view, metrics, charts } = props;
  const curves = new Map<string, readonly Curve[]>(charts.map((chart) => [chart.metric, chart.curves]));
  const lines = linesOf(props);
  const single = metrics.filter(({ key, points }) => isSystemMetric(key) && points < 2);
  return (
    <>
      <div class="bar flat">
        <ChartTools action={href(path`/runs/${view.run_id}`)} fields={runFields(view)} part="#run" view={view} />
      </div>
      <Charts id="curves" class="machine" lines={lines}>
        {systemGroups([...curves.keys()]).map(({ group, metrics }) => (
          <section aria-label={group}>
            <h2 dir="auto">{group}</h2>
            <div class="wall r3c">
              {metrics.map(({ key, title, unit }) => (
                <Chart
                  metric={key}
                  title={unit === "" ? title : `${title}, ${unit}`}
                  curves={curves.get(key) ?? []}
                  lines={lines}
                  settings={chartSettings(view)}
                />
              ))}
            </div>
          </section>
        ))}
      </Charts>
      {single.length > 0 && (
        <p class="mut">
          {single.length === 1 ? "One metric has" : `${count(single.length)} metrics have`}{" "}
          one point only, and so no curve:{" "}
          <a href={runHref(view, { tab: "overview", machine: true, metrics: "system/" })}>see the table</a>.
        </p>
      )}
    </>
  );
}
