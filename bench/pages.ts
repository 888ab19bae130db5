/** The page of an experiment in real Chromium, on Weir and on MLflow's own page over the same runs. */
import type { Browser, CDPSession } from "playwright-core";
import { findChromium, openBrowser } from "../tests/browser.ts";
import { fillRuns } from "./fill.ts";
import { median } from "./http.ts";
import type { Server } from "./servers.ts";

const visits = 5;
const sizes = [1_000, 50_000];
/** Milliseconds after the first row in which late requests still count. */
const afterRows = 2_000;

/** What a person who opens the page with an empty cache waits for and pays. */
interface Visit {
  /** Until the name of the newest run is seen. */
  milliseconds: number;
  /** Over the wire, of all requests. */
  bytes: number;
  requests: number;
  /** Used script heap in the tab. */
  heap: number;
}

/** A line for each size of experiment. */
export async function* measurePages(servers: readonly Server[]): AsyncGenerator<string> {
  if (await findChromium() === undefined) return yield "Pages are not measured: there is no Chromium here.";
  const browser = await openBrowser();
  try {
    for (const size of sizes) {
      const lines = new Map<Server["kind"], Visit>();
      for (const server of servers) lines.set(server.kind, await measure(browser, server, size));
      yield `page of ${size.toLocaleString("en")} runs: ${compared(lines)}`;
    }
  } finally {
    await browser.close();
  }
}

async function measure(browser: Browser, server: Server, size: number): Promise<Visit> {
  const experiment_id = await createExperiment(server);
  await fillRuns(server, experiment_id, size);
  const seen: Visit[] = [];
  for (let i = 0; i <= visits; i++) seen.push(await visit(browser, addressOf(server, experiment_id), `run-${size}`));
  // In the first one the server warms up.
  const rest = seen.slice(1);
  const middle = (of: (visit: Visit) => number): number => median(rest.map(of));
  return {
    milliseconds: middle((one) => one.milliseconds),
    bytes: middle((one) => one.bytes),
    requests: middle((one) => one.requests),
    heap: middle((one) => one.heap),
  };
}

const addressOf = ({ kind, address }: Server, experiment_id: string): string =>
  kind === "weir"
    ? `${address}/experiments/${experiment_id}`
    : `${address}/#/experiments/${experiment_id}/runs?workflowType=machine_learning`;

async function visit(browser: Browser, address: string, run_name: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const wire = await countWire(session);
    const start = performance.now();
    await page.goto(address, { waitUntil: "commit" });
    await page.getByText(run_name, { exact: true }).first().waitFor({ timeout: 60_000 });
    const milliseconds = performance.now() - start;
    await page.waitForTimeout(afterRows);
    const { metrics } = await session.send("Performance.getMetrics");
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? NaN;
    return { milliseconds, heap, ...wire };
  } finally {
    await context.close();
  }
}

async function countWire(session: CDPSession): Promise<{ bytes: number; requests: number }> {
  const wire = { bytes: 0, requests: 0 };
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    wire.bytes += encodedDataLength;
    wire.requests++;
  });
  await session.send("Network.enable");
  await session.send("Performance.enable");
  return wire;
}

async function createExperiment({ address }: Server): Promise<string> {
  const answer = await fetch(`${address}/api/2.0/mlflow/experiments/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: crypto.randomUUID() }),
  });
  return (await answer.json()).experiment_id;
}

function compared(visits: ReadonlyMap<Server["kind"], Visit>): string {
  const text = ({ milliseconds, bytes, requests, heap }: Visit): string =>
    `rows after ${Math.round(milliseconds)} ms, ${Math.round(bytes / 1024)} kB in ${requests} requests, ${
      (heap / 1e6).toFixed(1)
    } MB of heap`;
  const [ours, theirs] = [visits.get("weir"), visits.get("mlflow")];
  if (!ours) return "not measured";
  if (!theirs) return `Weir ${text(ours)}`;
  const ratio = (theirs.milliseconds / ours.milliseconds).toFixed(1);
  return `Weir ${text(ours)}; MLflow ${text(theirs)}: ${ratio} times as soon (wanted: 10, and 150 kB)`;
}
