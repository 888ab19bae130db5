import type { Context, Hono } from "hono";
import { curveMetrics, metricCurves } from "../../db/curves.ts";
import { getExperiment } from "../../db/experiments.ts";
import { transactionNow } from "../../db/live.ts";
import { getLoggedModel, modelsOfRun } from "../../db/logged_models.ts";
import { childCounts, childRuns, relatedRuns } from "../../db/run_lists.ts";
import { logPage } from "../../db/run_log_page.ts";
import { logHead } from "../../db/run_logs.ts";
import { runFamily, traceCount, versionsOfRun } from "../../db/run_overview.ts";
import { getRun } from "../../db/runs.ts";
import type { Run } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { read } from "../../domain/permissions.ts";
import { chartsOfRun, shownMetrics, shownNames, summarizeMetric } from "../../domain/run_page.ts";
import { RunPage, type RunPageProps } from "../../views/run.tsx";
import { LogEvents } from "../../wire/pages_log.ts";
import { RunQuery, type RunView } from "../../wire/pages_run.ts";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { artifactPlace } from "../artifact_place.ts";
import { chartsOf, drawnWidth } from "../drawn_curves.ts";
import { authorize } from "../caller.ts";
import { followRows } from "../log_events.tsx";
import { modelIn } from "../model_cards.ts";
import { page, type PageRequest } from "../page.tsx";
import { runFiles } from "../run_files.ts";
import type { Services } from "../services.ts";
import { runForms } from "./run_forms.ts";

/** Pixels of the lines in the table of metrics. */
const sparkWidth = 30;
const mostChildren = 10;
const mostFamily = 200;
/** Lines of the log on the overview. */
const lastLines = 15;

export const runPages = [
  page({
    path: "/runs/:run_id",
    query: RunQuery,
    access: read.run,
    show: async (request, view) => {
      const { sql, now, address } = request;
      const since = await transactionNow(sql); // before the run: what comes meanwhile is told
      const run = await getRun(sql, view.run_id);
      const [experiment, metrics, family, models, artifacts, log] = await Promise.all([
        getExperiment(sql, run.info.experiment_id),
        metricsOf(sql, run, view),
        familyOf(sql, run),
        modelsOf(request, run, view),
        runFiles(request, run.info.artifact_uri, view),
        logOf(request, run, view),
      ]);
      const curved = metrics.filter((metric) => metric.points > 1).map((metric) => metric.key);
      return (
        <RunPage
          view={view}
          run={run}
          experiment={experiment}
          metrics={metrics}
          charts={await readCharts(sql, view, curved)}
          artifacts={artifacts}
          {...family}
          {...models}
          log={log}
          since={since}
          can_edit
          server={address}
          now={now()}
        />
      );
    },
  }),
  ...runForms,
];

/** The log of a run as it comes, for its page. */
export function mountRunEvents(app: Hono, services: Services): void {
  app.get("/runs/:run_id/log/events", async (context: Context) => {
    authorize(read.run, context);
    const { searchParams } = new URL(context.req.url);
    const asked = parseMessage(LogEvents, { ...queryInput(LogEvents, searchParams), ...context.req.param() });
    return await followRows(context, services, asked);
  });
}

/** Curves are read for the rows that are shown: a run may have thousands of metrics. */
async function metricsOf(sql: Services["sql"], run: Run, view: RunView) {
  const metrics = run.data.metrics ?? [];
  const known = shownMetrics(metrics.map(({ key }) => key), view.metrics, view.machine);
  const shown = view.tab === "overview" ? shownNames(known, view.metrics).shown : [];
  const [curves, curved] = await Promise.all([
    metricCurves(sql, [run.info.run_id], shown, { axis: "step", width: sparkWidth }),
    curveMetrics(sql, [run.info.run_id]),
  ]);
  const byKey = new Map(curves.map((curve) => [curve.key, curve]));
  const several = new Set(curved);
  return metrics.map((metric) => {
    const summary = summarizeMetric(metric, byKey.get(metric.key));
    return { ...summary, points: byKey.get(metric.key)?.total ?? (several.has(metric.key) ? 2 : 1) };
  });
}

async function readCharts(sql: Services["sql"], view: RunView, curved: readonly string[]) {
  const charted = chartsOfRun(view, curved);
  if (charted.length === 0) return [];
  const curves = await metricCurves(sql, [view.run_id], charted, { axis: view.x, width: drawnWidth });
  return chartsOf(charted, curves);
}

async function familyOf(sql: Services["sql"], run: Run) {
  const { run_id } = run.info;
  const parent_id = run.data.tags?.find((tag) => tag.key === "mlflow.parentRunId")?.value;
  const [parents, runs, counts, family] = await Promise.all([
    parent_id === undefined ? [] : relatedRuns(sql, [parent_id]),
    childRuns(sql, run_id, mostChildren),
    childCounts(sql, [run_id]),
    runFamily(sql, run_id, mostFamily),
  ]);
  return { parent: parents[0], children_of: { runs, total: counts.get(run_id) ?? 0 }, family };
}

/** The models that it made, the versions that were registered from it, and what the newest model says of itself. */
async function modelsOf(request: PageRequest, run: Run, view: RunView) {
  const { sql } = request;
  const logged_models = await modelsOfRun(sql, view.run_id);
  const newest = run.outputs?.model_outputs?.at(-1)?.model_id;
  const [versions, traces, model] = await Promise.all([
    versionsOfRun(sql, view.run_id, logged_models.map(({ model_id }) => model_id)),
    traceCount(sql, view.run_id),
    newest === undefined || view.tab !== "overview" ? undefined : cardOf(request, newest),
  ]);
  return { logged_models, versions, traces, model };
}

/** Of a model whose files cannot be read nothing is said. */
async function cardOf(services: Services, model_id: string): Promise<RunPageProps["model"]> {
  try {
    const { info } = await getLoggedModel(services.sql, model_id);
    const shown = await modelIn(await artifactPlace(services, info.artifact_uri), "");
    return shown && { uri: `models:/${model_id}`, shown };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

async function logOf({ sql, address }: PageRequest, run: Run, view: RunView): Promise<RunPageProps["log"]> {
  const { run_id, status, lifecycle_stage } = run.info;
  const head = await logHead(sql, run_id);
  const running = status === "RUNNING" || status === "SCHEDULED";
  const shown = view.tab === "log"
    ? await logPage(sql, head, view)
    : view.tab === "overview"
    ? await logPage(sql, head, { go: "", zone: 0, q: "" }, lastLines)
    : { size: head.size, total: head.lines, lines: [], open: [], earlier: false, later: false };
  return { ...shown, run_id, view, sizes: head, running, active: lifecycle_stage === "active", server: address };
}
