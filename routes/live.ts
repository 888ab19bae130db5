import type { Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { type ExperimentLook, lookAtExperiment, lookAtRuns, type RunPulse } from "../db/live.ts";
import { lookAtRegistry, type RegistryLook } from "../db/registry_live.ts";
import { invalid } from "../domain/errors.ts";
import { viewTypeOf } from "../domain/list_view.ts";
import { cursorIn, printCursor, transactionIn } from "../domain/live_cursor.ts";
import { read } from "../domain/permissions.ts";
import { parseMessage, queryInput } from "../wire/message.ts";
import { ExperimentEvents, Live, RegistryEvents } from "../wire/weir.ts";
import { authorize } from "./caller.ts";
import type { Services } from "./services.ts";

const mostRuns = 100;
/** Milliseconds between two looks at the database. */
const interval = 1000;
/** Looks after which a silent stream says where it is, so that a lost connection is noticed. */
const looksPerHeartbeat = 15;

/** Events of runs, of experiments and of the registry, for pages that show them. */
export function mountLive(app: Hono, services: Services): void {
  const { sql } = services;
  app.get("/live", (context) => {
    authorize(read.run, context);
    const { runs, since } = parseMessage(Live, queryInput(Live, new URL(context.req.url).searchParams));
    if (runs.length > mostRuns) throw invalid(`A page follows at most ${mostRuns} runs. Got ${runs.length} runs.`);
    const start = transactionIn(lastId(context) ?? since);
    return stream(context, services, "run", async (before: RunPulse[] | undefined) => {
      const look = await lookAtRuns(sql, runs, before === undefined ? start : undefined);
      return {
        now: look.runs,
        id: String(look.transaction),
        // A page that was told nothing yet is told all: points may have come since it was made.
        news: before === undefined ? look.news : changedRuns(before, look.runs),
      };
    });
  });
  mountRegistryEvents(app, services);
  app.get("/experiments/:experiment_id/events", (context) => {
    authorize(read.experiment, context);
    const { filter, view, since } = parseMessage(
      ExperimentEvents,
      queryInput(ExperimentEvents, new URL(context.req.url).searchParams),
    );
    const followed = { experiment_id: context.req.param("experiment_id"), filter, run_view_type: viewTypeOf(view) };
    const start = cursorIn(lastId(context) ?? since);
    return stream(context, services, "runs", async (before: Told | undefined) => {
      const look = await lookAtExperiment(sql, followed, before?.look.cursor ?? start);
      const now: Told = before ?? toldBefore(look);
      const news = before === undefined ? missed(look) : changedExperiment(before, look);
      for (const { run_id } of look.created) now.created.add(run_id);
      return { now: { ...now, look }, id: printCursor(look.cursor), news };
    });
  });
}

/** Before the first look everything was told. */
const latest = Number.MAX_SAFE_INTEGER;

function mountRegistryEvents(app: Hono, services: Services): void {
  app.get("/registry/events", (context) => {
    authorize(read.registered_model, context);
    const { name, since } = parseMessage(
      RegistryEvents,
      queryInput(RegistryEvents, new URL(context.req.url).searchParams),
    );
    const start = transactionIn(lastId(context) ?? since) ?? latest;
    return stream(context, services, "registry", async (before: RegistryLook | undefined) => {
      const look = await lookAtRegistry(services.sql, before?.transaction ?? start);
      return { now: look, id: String(look.transaction), news: changedModels(name, before, look) };
    });
  });
}

/** The models that something was done to since the look before, where this one or any is among them. */
function changedModels(name: string | undefined, before: RegistryLook | undefined, look: RegistryLook): object[] {
  const told = new Set(before?.entries.map(({ entry }) => entry));
  const changed = new Set(look.entries.filter(({ entry }) => !told.has(entry)).flatMap(({ names }) => names));
  const concerns = name === undefined || look.more ? changed.size > 0 : changed.has(name);
  return concerns ? [{ changed: [...changed] }] : [];
}

/** Where the browser lost the connection; undefined where it begins. */
const lastId = (context: Context): string | undefined => context.req.header("last-event-id");

/**
 * Server-sent events of what a look finds changed since the look before. Each stream asks the database, so it does not matter which
 * instance took the points; and each event bears where the stream is, so that any instance goes on from there.
 */
function stream<State>(
  context: Context,
  { closing, log }: Services,
  event: string,
  look: (before: State | undefined) => Promise<{ now: State; id: string; news: object[] }>,
): Response {
  context.header("cache-control", "no-store");
  context.header("x-accel-buffering", "no");
  return streamSSE(context, async (sse) => {
    let before: State | undefined;
    for (let looks = 0; !sse.aborted && !sse.closed && !closing.aborted; looks++) {
      const { now, id, news } = await look(before);
      const last = news.length - 1;
      // The place is told with the last of them: before, not all is.
      for (const [i, one] of news.entries()) {
        await sse.writeSSE({ event, data: JSON.stringify(one), ...(i === last && { id }) });
      }
      if (looks % looksPerHeartbeat === 0) await sse.write(`: still here\nid: ${id}\n\n`);
      before = now;
      await sse.sleep(interval);
    }
  }, (error) => {
    log("error", `A live stream ended: ${error.message}`);
    return Promise.resolve();
  });
}

/** The runs whose row changed or that have other latest metrics, with those metrics only. */
function changedRuns(before: readonly RunPulse[], now: readonly RunPulse[]): RunPulse[] {
  const known = new Map(before.map((pulse) => [pulse.run_id, pulse]));
  return now.flatMap((pulse) => {
    const old = known.get(pulse.run_id);
    const points = new Set(old?.metrics.map((metric) => JSON.stringify(metric)));
    const metrics = pulse.metrics.filter((metric) => !points.has(JSON.stringify(metric)));
    const same = metrics.length === 0 && old?.status === pulse.status && old.version === pulse.version;
    return same ? [] : [{ ...pulse, metrics }];
  });
}

/** What a stream of an experiment has told: the look before, and the new runs. */
interface Told {
  look: ExperimentLook;
  created: Set<string>;
}

const toldBefore = (look: ExperimentLook): Told => ({ look, created: new Set() });

/** What happened since the cursor of a connection that was lost, or since the page was made. */
function missed({ created, running, ended, count }: ExperimentLook): object[] {
  const written = (runs: readonly { run_id: string; written: boolean }[]) =>
    runs.filter((run) => run.written).map(({ run_id }) => run_id);
  return newsOf(count, written(created), [...written(running), ...ended]);
}

/** How many runs are running, and the ids of those that are new or changed; a run that ended changed. */
function changedExperiment({ look: before, created: told }: Told, now: ExperimentLook): object[] {
  const versions = new Map(now.running.map(({ run_id, version }) => [run_id, version]));
  const known = new Map(before.running.map(({ run_id, version }) => [run_id, version]));
  const changed = [
    ...now.running.filter(({ run_id, version }) => known.get(run_id) !== version),
    ...before.running.filter(({ run_id }) => !versions.has(run_id)),
  ].map(({ run_id }) => run_id);
  return newsOf(now.count, now.created.map(({ run_id }) => run_id).filter((run_id) => !told.has(run_id)), changed);
}

const newsOf = (running: number, created: string[], changed: string[]): object[] =>
  created.length + changed.length === 0 ? [] : [{ running, created, changed }];
