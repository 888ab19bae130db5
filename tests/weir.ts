/** Weir for tests: the app without a socket, on a database of its own. */
import { openStores } from "../artifacts/stores.ts";
import { createDefaultExperiment } from "../db/experiments.ts";
import { openFileLog } from "../db/file_log.ts";
import { openMetricLog } from "../db/metric_log.ts";
import { openDatabase } from "../db/sql.ts";
import type { Metric, Run } from "../domain/entities.ts";
import { secretBox } from "../domain/secret_box.ts";
import { createApp } from "../routes/app.ts";
import { loadAssets } from "../routes/assets.ts";
import { openJobBell } from "../routes/job_bell.ts";
import { artifactRoot, type Services } from "../routes/services.ts";
import { checkArtifacts } from "../runners/artifact_check.ts";
import { openWebhookPoster } from "../runners/webhook_post.ts";
import { createDatabase } from "./database.ts";

type App = ReturnType<typeof createApp>;

export interface Weir extends AsyncDisposable {
  app: App;
  services: Services;
  /** The data folder, in which its artifacts are. */
  folder: string;
  /** Sends JSON to `/api/2.0/mlflow/<path>` and answers status and JSON. GET parameters go into the path. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  /** As `call`, and fails the test unless the status is 200. */
  ok(method: string, path: string, body?: unknown): Promise<Answer>;
  createExperiment(name?: string): Promise<string>;
  startRun(fields?: object): Promise<string>;
  logMetrics(run_id: string, metrics: readonly Metric[]): Promise<void>;
  getRun(run_id: string): Promise<Run>;
}

// deno-lint-ignore no-explicit-any -- tests look into answers of every shape
type Answer = any;

export const point = (key: string, value: number, at: { step?: number; timestamp?: number } = {}): Metric => ({
  key,
  value,
  step: at.step ?? 0,
  timestamp: at.timestamp ?? 0,
});

/** What workers of these servers show. */
export const workerToken = "the-token-of-workers-in-tests";

export async function startWeir(): Promise<Weir> {
  const database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 4, prepare: true });
  await createDefaultExperiment(sql, artifactRoot, 1);
  const folder = await Deno.makeTempDir({ prefix: "weir-artifacts-" });
  const artifacts = await openStores(folder, { dataDir: folder });
  const closing = new AbortController();
  const services: Services = {
    sql,
    metrics: openMetricLog(sql),
    artifacts,
    files: openFileLog(sql, Date.now),
    checkArtifacts: (repair) => checkArtifacts({ sql, artifacts, now: Date.now }, repair),
    webhooks: openWebhookPoster({ allowPrivate: false }),
    secrets: secretBox(["a key for tests"]),
    jobs: openJobBell(sql),
    workerToken,
    open: false,
    about: { artifact_root: folder, own_database: false },
    binDays: undefined,
    now: Date.now,
    // deno-lint-ignore no-console -- what nobody foresaw is worth seeing
    log: (_, message) => console.error(message),
    closing: closing.signal,
  };
  const app = createApp(services, await loadAssets(), { allowedHosts: [] });
  const call = async (method: string, path: string, body?: unknown) => {
    const url = path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`;
    const init = body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await app.request(url, init);
    const text = await response.text();
    return {
      status: response.status,
      body: response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text,
    };
  };
  const ok = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    app,
    services,
    folder,
    call,
    ok,
    createExperiment: async (name = crypto.randomUUID()) =>
      (await ok("POST", "experiments/create", { name })).experiment_id,
    startRun: async (fields = {}) =>
      (await ok("POST", "runs/create", { experiment_id: "0", start_time: 1, ...fields })).run.info.run_id,
    logMetrics: async (run_id, metrics) => {
      await ok("POST", "runs/log-batch", { run_id, metrics });
    },
    getRun: async (run_id) => (await ok("GET", `runs/get?run_id=${run_id}`)).run,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await sql.end({ timeout: 5 });
      await database.drop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
