import { tagOf } from "../domain/compare.ts";
import type { Curve } from "../domain/curve.ts";
import { comparedExperiment } from "../domain/comparison.ts";
import type { Experiment, Run } from "../domain/entities.ts";
import type { ShownModel } from "../domain/look.ts";
import { noteKey } from "../domain/names.ts";
import { type MetricSummary, shownMetrics } from "../domain/run_page.ts";
import { isSystemMetric } from "../domain/system_metrics.ts";
import type { RunView } from "../wire/pages_run.ts";
import { Artifacts, type ArtifactsProps } from "./artifacts.tsx";
import { chartScripts } from "./chart.tsx";
import { runHref } from "./chart_links.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot, PageHead, Status, type Tab, Tabs } from "./parts.tsx";
import type { AboutProps } from "./run_about.tsx";
import { RunCharts, SystemCharts } from "./run_charts.tsx";
import type { FamilyRun } from "./run_family.tsx";
import { DeletedRunNote, RunMenu, StopMenu } from "./run_forms.tsx";
import { RunLog, type RunLogProps } from "./run_log.tsx";
import { RunOverview } from "./run_overview.tsx";
import { Shell } from "./shell.tsx";

export interface RunPageProps extends AboutProps {
  view: RunView;
  experiment: Pick<Experiment, "experiment_id" | "name" | "tags">;
  /** Of every metric. Those that the overview leaves out need no more than whether they have several points. */
  metrics: readonly MetricSummary[];
  /** Of what `chartsOfRun(view, keys)` names, thinned to about 120 points; `keys` are those with more than one point. */
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  artifacts: Omit<ArtifactsProps, "view" | "active" | "server">;
  /** The runs above it and those nested in it, itself among them. */
  family: readonly FamilyRun[];
  /** What its newest model says of itself. */
  model?: { uri: string; shown: ShownModel } | undefined;
  /** The end of what it printed on the overview, the part that is looked at on its own tab. */
  log?: RunLogProps | undefined;
  can_edit: boolean;
  /** The transaction from which on the page is to be told what comes. */
  since?: number | undefined;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
}

const scripts = ["run.js", "run_log.js", "upload.js", "files.js", ...chartScripts];

/** `/runs/:id`: what a run scored, what it was given and where it comes from; its curves, files and log. */
export function RunPage(props: RunPageProps) {
  const { view, run, can_edit } = props;
  const deleted = run.info.lifecycle_stage === "deleted";
  return (
    <Shell title={run.info.run_name} current="experiments" scripts={scripts}>
      <div id="run">
        <Head {...props} />
        <Tabs tabs={tabsOf(props)} />
        {deleted && <DeletedRunNote run={run} can_edit={can_edit} />}
        <div class="page">
          {view.tab === "overview" && <RunOverview {...props} />}
          {view.tab === "charts" && <RunCharts {...props} />}
          {view.tab === "system" && <SystemCharts {...props} />}
          {view.tab === "artifacts" && (
            <Artifacts view={view} active={!deleted} server={props.server} {...props.artifacts} />
          )}
          {view.tab === "log" && props.log && <RunLog {...props.log} />}
        </div>
      </div>
    </Shell>
  );
}

function Head({ view, run, experiment, parent, can_edit, since }: RunPageProps) {
  const { run_id, run_name, status, lifecycle_stage } = run.info;
  const running = isRunning(run);
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
  const editable = can_edit && lifecycle_stage === "active";
  return (
    <PageHead crumbs={crumbs} title={title} about={view.tab === "overview" ? undefined : tagOf(run, noteKey)}>
      {running && (
        <span class="live needsjs" id="live" data-events={href(path`/live`, { runs: [run_id], since })}>Live</span>
      )}
      <a class="btn" href={href(path`/experiments/${experiment.experiment_id}`, { runs: [run_id] })}>
        <Icon name="compare" />Compare with…
      </a>
      {running && editable && <StopMenu run={run} />}
      {editable && <RunMenu run={run} is_baseline={comparedExperiment(experiment).baseline === run.info.run_id} />}
    </PageHead>
  );
}

const isRunning = ({ info: { status } }: Run): boolean => status === "RUNNING" || status === "SCHEDULED";

/** System and Log stand there where there is something on them, and where one looks at them. */
function tabsOf({ view, run, metrics, artifacts, log }: RunPageProps): Tab[] {
  const curved = metrics.filter(({ points }) => points > 1).map(({ key }) => key);
  const machine = metrics.filter(({ key }) => isSystemMetric(key)).length;
  const files = artifacts.folders.find((folder) => folder.path === "")?.total;
  const tab = (name: RunView["tab"], text: string, count?: number): Tab => ({
    text,
    href: runHref(view, { tab: name, metrics: "", params: "" }),
    current: view.tab === name,
    ...(count !== undefined && { count }),
  });
  return [
    tab("overview", "Overview"),
    tab("charts", "Charts", shownMetrics(curved, "").length),
    ...(machine > 0 || view.tab === "system" ? [tab("system", "System", machine)] : []),
    tab("artifacts", "Artifacts", files),
    ...((log?.sizes.size ?? 0) > 0 || isRunning(run) || view.tab === "log" ? [tab("log", "Log", log?.total)] : []),
  ];
}
