import type { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type RunPulse, runPulses } from "../db/live.ts";
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

/**
 * Server-sent events of running runs: `run` with the status and the metrics that changed. Each stream asks the database, so it
 * does not matter which instance took the points; the first look sends nothing, for the page has just been made.
 */
export function mountLive(app: Hono, services: Services): void {
  app.get("/live", (context) => {
    authorize(read.run);
    const { runs } = parseMessage(Live, queryInput(Live, new URL(context.req.url).searchParams));
    if (runs.length > mostRuns) throw invalid(`A page follows at most ${mostRuns} runs. Got ${runs.length} runs.`);
    context.header("cache-control", "no-store");
    context.header("x-accel-buffering", "no");
    return streamSSE(context, (stream) => follow(stream, services, runs), async (error) => {
      services.log("error", `A live stream ended: ${error.message}`);
      await Promise.resolve();
    });
  });
}

async function follow(stream: SSEStreamingApi, { sql, closing }: Services, runs: readonly string[]): Promise<void> {
  let before = new Map<string, RunPulse>();
  for (let look = 0; !stream.aborted && !stream.closed && !closing.aborted; look++) {
    // deno-lint-ignore no-await-in-loop -- a stream is one thing after another
    const pulses = await runPulses(sql, runs);
    for (const pulse of look === 0 ? [] : pulses) {
      const change = changeSince(before.get(pulse.run_id), pulse);
      // deno-lint-ignore no-await-in-loop
      if (change) await stream.writeSSE({ event: "run", data: JSON.stringify(change) });
    }
    before = new Map(pulses.map((pulse) => [pulse.run_id, pulse]));
    // deno-lint-ignore no-await-in-loop
    if (look % looksPerHeartbeat === 0) await stream.write(": still here\n\n");
    // deno-lint-ignore no-await-in-loop
    await stream.sleep(interval);
  }
}

/** The status, and the metrics whose latest point is another one; undefined when nothing changed. */
function changeSince(before: RunPulse | undefined, now: RunPulse): RunPulse | undefined {
  const known = new Map(before?.metrics.map((metric) => [metric.key, JSON.stringify(metric)]));
  const metrics = now.metrics.filter((metric) => known.get(metric.key) !== JSON.stringify(metric));
  if (metrics.length === 0 && before?.status === now.status && before.end_time === now.end_time) return undefined;
  return { ...now, metrics };
}
