import type { Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { type ExperimentPulse, experimentPulse, type RunPulse, runPulses } from "../db/live.ts";
import { invalid } from "../domain/errors.ts";
import { read } from "../domain/permissions.ts";
import { parseMessage, queryInput } from "../wire/message.ts";
import { Live } from "../wire/weir.ts";
import { authorize } from "./endpoint.ts";
import type { Services } from "./services.ts";

const mostRuns = 100;
/** Milliseconds between two looks at the database. */
const interval = 1000;
/** Looks after which a silent stream sends a comment, so that a lost connection is noticed. */
const looksPerHeartbeat = 15;

/** Events of runs and of experiments, for pages that show them. */
export function mountLive(app: Hono, services: Services): void {
  const { sql } = services;
  app.get("/live", (context) => {
    authorize(read.run);
    const { runs } = parseMessage(Live, queryInput(Live, new URL(context.req.url).searchParams));
    if (runs.length > mostRuns) throw invalid(`A page follows at most ${mostRuns} runs. Got ${runs.length} runs.`);
    return stream(context, services, "run", (before: RunPulse[] | undefined) =>
      runPulses(sql, runs).then((now) => ({
        now,
        news: changedRuns(before ?? [], now),
      })));
  });
  app.get("/experiments/:experiment_id/events", (context) => {
    authorize(read.experiment);
    const experiment_id = context.req.param("experiment_id");
    return stream(context, services, "runs", async (before: ExperimentPulse | undefined) => {
      const now = await experimentPulse(sql, experiment_id, before?.newest);
      return { now, news: before ? changedExperiment(before, now) : [] };
    });
  });
}

/**
 * Server-sent events of what a look finds changed since the look before. Each stream asks the database, so it does not matter which
 * instance took the points; the first look at runs tells all, for points may have come since the page
 * was made.
 */
function stream<State>(
  context: Context,
  { closing, log }: Services,
  event: string,
  look: (before: State | undefined) => Promise<{ now: State; news: object[] }>,
): Response {
  context.header("cache-control", "no-store");
  context.header("x-accel-buffering", "no");
  return streamSSE(context, async (sse) => {
    let before: State | undefined;
    for (let looks = 0; !sse.aborted && !sse.closed && !closing.aborted; looks++) {
      const { now, news } = await look(before);
      for (const one of news) await sse.writeSSE({ event, data: JSON.stringify(one) });
      if (looks % looksPerHeartbeat === 0) await sse.write(": still here\n\n");
      before = now;
      await sse.sleep(interval);
    }
  }, (error) => {
    log("error", `A live stream ended: ${error.message}`);
    return Promise.resolve();
  });
}

/** The runs whose status changed or that have other latest metrics, with those metrics only. */
function changedRuns(before: readonly RunPulse[], now: readonly RunPulse[]): RunPulse[] {
  const known = new Map(before.map((pulse) => [pulse.run_id, pulse]));
  return now.flatMap((pulse) => {
    const old = known.get(pulse.run_id);
    const points = new Set(old?.metrics.map((metric) => JSON.stringify(metric)));
    const metrics = pulse.metrics.filter((metric) => !points.has(JSON.stringify(metric)));
    const same = metrics.length === 0 && old?.status === pulse.status && old.end_time === pulse.end_time;
    return same ? [] : [{ ...pulse, metrics }];
  });
}

/** How many runs are running, and the ids of those that are new or changed; a run that ended changed. */
function changedExperiment(before: ExperimentPulse, now: ExperimentPulse): object[] {
  const versions = new Map(now.running.map(({ run_id, version }) => [run_id, version]));
  const known = new Map(before.running.map(({ run_id, version }) => [run_id, version]));
  const changed = [
    ...now.running.filter(({ run_id, version }) => known.get(run_id) !== version),
    ...before.running.filter(({ run_id }) => !versions.has(run_id)),
  ].map(({ run_id }) => run_id);
  if (changed.length === 0 && now.created.length === 0) return [];
  return [{ running: now.running.length, created: now.created, changed }];
}
