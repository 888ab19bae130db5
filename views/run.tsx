import { tagOf } from "../domain/compare.ts";
import type { Curve } from "../domain/curve.ts";
import type { Run } from "../domain/entities.ts";
import { chartsOfRun, type MetricSummary } from "../domain/run_page.ts";
import { noteKey } from "../domain/names.ts";
import type { RunView } from "../wire/pages_run.ts";
import { Artifacts, type ArtifactsProps } from "./artifacts.tsx";
import { Chart, Charts, chartScripts, type Line } from "./chart.tsx";
import { chartSettings, runFields, runHref } from "./chart_links.ts";
import { ChartTools } from "./chart_tools.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot, Empty, PageHead, Panel, Snippet, Status, Tabs } from "./parts.tsx";
import { About, type AboutProps } from "./run_about.tsx";
import { DeletedRunNote, RunMenu, Tags } from "./run_forms.tsx";
import { fetchFiles, loadModel, modelUris, reproduce } from "./run_snippets.ts";
import { DatasetTable, FindBox, MetricTable, ParamTable } from "./run_tables.tsx";
import { Shell } from "./shell.tsx";

export interface RunPageProps extends AboutProps {
  view: RunView;
  experiment: { experiment_id: string; name: string };
  /** Of every metric; those that `shownNames(keys, view.metrics)` leaves out need no `spark`. */
  metrics: readonly MetricSummary[];
  /** Of what `chartsOfRun(view, keys)` names, thinned to about 120 points; `keys` are those with more than one point. */
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  artifacts: Omit<ArtifactsProps, "view" | "active" | "server">;
  can_edit: boolean;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
}

/** `/runs/:id`: what a run scored, what it was given and where it comes from; its curves and files. */
export function RunPage(props: RunPageProps) {
  const { view, run, can_edit } = props;
  const deleted = run.info.lifecycle_stage === "deleted";
  return (
    <Shell title={run.info.run_name} current="experiments" scripts={["run.js", "upload.js", ...chartScripts]}>
      <div id="run">
        <Head {...props} />
        <RunTabs {...props} />
        {deleted && <DeletedRunNote run={run} can_edit={can_edit} />}
        <div class="page">
          {view.tab === "overview" && <Overview {...props} />}
          {view.tab === "charts" && <ChartWall {...props} />}
          {view.tab === "artifacts" && (
            <Artifacts view={view} active={!deleted} server={props.server} {...props.artifacts} />
          )}
        </div>
      </div>
    </Shell>
  );
}

function Head({ run, experiment, parent, can_edit }: RunPageProps) {
  const { run_id, run_name, status, lifecycle_stage } = run.info;
  const running = status === "RUNNING" || status === "SCHEDULED";
  const crumbs = [
    { text: "Experiments", href: href(path`/experiments`) },
    { text: experiment.name, href: href(path`/experiments/${experiment.experiment_id}`) },
    ...(parent ? [{ text: parent.run_name, href: href(path`/runs/${parent.run_id}`) }] : []),
  ];
  const title = (
    <span class="nm">
      <Dot run_id={run_id} />
      <bdi title={run_name}>{run_name}</bdi>
      <Status status={status} />
    </span>
  );
  return (
    <PageHead crumbs={crumbs} title={title} description={tagOf(run, noteKey)}>
      {running && <span class="live needsjs" id="live" data-events={href(path`/live`, { runs: [run_id] })}>Live</span>}
      <a class="btn" href={href(path`/experiments/${experiment.experiment_id}`, { runs: [run_id] })}>
        <Icon name="compare" />Compare with…
      </a>
      {can_edit && lifecycle_stage === "active" && <RunMenu run={run} />}
    </PageHead>
  );
}

function RunTabs({ view, metrics, artifacts }: RunPageProps) {
  const curves = metrics.filter(({ points }) => points > 1).length;
  const to = (tab: RunView["tab"]): string => runHref(view, { tab, metrics: "", params: "" });
  const files = artifacts.folders.find((folder) => folder.path === "")?.files.length;
  return (
    <Tabs
      tabs={[
        { text: "Overview", href: to("overview"), current: view.tab === "overview" },
        { text: "Charts", href: to("charts"), current: view.tab === "charts", count: curves },
        {
          text: "Artifacts",
          href: to("artifacts"),
          current: view.tab === "artifacts",
          ...(files !== undefined && { count: files }),
        },
      ]}
    />
  );
}

function Overview(props: RunPageProps) {
  const { view, run, metrics, charts, server, can_edit } = props;
  const description = tagOf(run, noteKey) ?? "";
  const active = run.info.lifecycle_stage === "active";
  return (
    <>
      {(description.includes("\n") || description.length > 120) && (
        <Panel title="Description">
          <p class="prose" dir="auto">{description}</p>
        </Panel>
      )}
      <div class="r3">
        <About {...props} />
        <MetricTable
          view={view}
          metrics={metrics}
          charted={new Set(charts.map(({ metric }) => metric))}
          active={active}
          server={server}
        />
        <ParamTable view={view} run={run} />
      </div>
      <Wall {...props} />
      <div class="r2 wide">
        <Artifacts view={view} active={active} server={server} {...props.artifacts} />
        <div class="stack">
          <Tags run={run} can_edit={can_edit && active} />
          <DatasetTable run={run} />
          <Use run={run} server={server} />
        </div>
      </div>
    </>
  );
}

/** The curves, and where the rest of them are. */
function Wall({ view, run, charts, metrics }: RunPageProps) {
  const known = metrics.filter(({ points }) => points > 1).length;
  if (charts.length === 0) return null;
  const lines: Line[] = [{ run_id: run.info.run_id, name: run.info.run_name }];
  return (
    <>
      <Charts id="curves" class="wall r3c" lines={lines}>
        {charts.map(({ metric, curves }) => (
          <Chart metric={metric} curves={curves} lines={lines} settings={chartSettings(view)} />
        ))}
      </Charts>
      {view.tab === "overview" && charts.length < known && (
        <p>
          <a href={runHref(view, { tab: "charts", metrics: "" })}>All {known} charts</a>
        </p>
      )}
    </>
  );
}

function ChartWall(props: RunPageProps) {
  const { view, metrics } = props;
  const known = metrics.filter(({ points }) => points > 1).map(({ key }) => key);
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
          {shown.length < known.length ? `${shown.length} of ${known.length}` : known.length}
        </span>
        <FindBox view={view} field="metrics" noun="chart" filters="#curves" />
      </div>
      {shown.length === 0 ? <p class="mut">No metric’s name holds “{view.metrics}”.</p> : <Wall {...props} />}
    </>
  );
}

/** Lines to paste. */
function Use({ run, server }: { run: Run; server: string }) {
  const again = reproduce(run, server);
  return (
    <Panel title="Use this run" class="use">
      {modelUris(run).slice(0, 3).map((uri) => (
        <>
          <h3>Load the model</h3>
          <Snippet label="Load the model in Python" code={loadModel(server, uri)} />
        </>
      ))}
      <h3>Fetch its files</h3>
      <Snippet label="Fetch the files in Python" code={fetchFiles(server, run.info.run_id)} />
      {again !== undefined && (
        <>
          <h3>Reproduce</h3>
          <Snippet label="Reproduce the run in a shell" code={again} />
        </>
      )}
    </Panel>
  );
}
