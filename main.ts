import { openStores } from "./artifacts/stores.ts";
import { banner } from "./startup/banner.ts";
import { type Config, isLoopback, readConfig } from "./config.ts";
import { createDefaultExperiment } from "./db/experiments.ts";
import { openFileLog } from "./db/file_log.ts";
import { openMetricLog } from "./db/metric_log.ts";
import { migrate } from "./db/migrate.ts";
import { openDatabase, type Pool } from "./db/sql.ts";
import { keepUp } from "./db/upkeep.ts";
import { secretBox } from "./domain/secret_box.ts";
import { createApp } from "./routes/app.ts";
import { loadAssets } from "./routes/assets.ts";
import { openJobBell } from "./routes/job_bell.ts";
import { artifactRoot } from "./routes/services.ts";
import { checkArtifacts } from "./runners/artifact_check.ts";
import { keepArtifacts } from "./runners/artifact_upkeep.ts";
import { type Answer, type HttpServer, serveHttp } from "./runners/http_server.ts";
import { keepJobs } from "./runners/job_upkeep.ts";
import { type LocalWorkers, localWorkers } from "./runners/local_workers.ts";
import { keepUploads } from "./runners/project_uploads.ts";
import { workOffPurges } from "./runners/purges.ts";
import { keepSchedules } from "./runners/schedule_upkeep.ts";
import { keepSweeps } from "./runners/sweep_upkeep.ts";
import { ownSecret } from "./runners/secret_file.ts";
import { listenForStop, type StopSignals } from "./runners/stop_signals.ts";
import { surviveStrayErrors } from "./runners/stray_errors.ts";
import { openWebhookPoster } from "./runners/webhook_post.ts";
import { deliverWebhooks } from "./runners/webhooks.ts";
import { addressError, databaseError } from "./startup/errors.ts";

/** Milliseconds that requests under way have to finish in after SIGTERM or Ctrl-C. */
const grace = 20_000;
const never = new Promise<never>(() => {});

/**
 * Starts everything and pushes onto `running` how each part ends, in reverse order. Never resolves; rejects when Weir cannot
 * start, or cannot go on.
 */
async function run(config: Config, { hurry }: StopSignals, running: AsyncDisposableStack): Promise<never> {
  const say = speaker(config);
  surviveStrayErrors((message) => say("error", message));
  const database = await openPostgres(config, running, (message) => say("error", message));
  const sql = openDatabase(database.url, config);
  running.defer(() => sql.end({ timeout: hurry.aborted ? 0 : 5 }));
  const [artifacts, assets] = await Promise.all([
    openStores(config.artifactRoot, { ...config, direct: config.directTransfers }),
    loadAssets(),
    prepare(sql).catch((error) => Promise.reject(databaseError(error, config))),
  ]);
  await artifacts.own.check();
  const closing = new AbortController();
  const services = {
    sql,
    metrics: openMetricLog(sql),
    artifacts,
    files: openFileLog(sql, Date.now),
    checkArtifacts: (repair: boolean) => checkArtifacts({ sql, artifacts, now: Date.now }, repair),
    webhooks: openWebhookPoster({ allowPrivate: config.webhookPrivate }),
    secrets: secretBox(await secretKeys(config, say)),
    jobs: openJobBell(sql),
    workerToken: await workerToken(config, say),
    open: !isLoopback(config.host),
    about: { artifact_root: config.artifactRoot, own_database: config.databaseUrl === undefined },
    binDays: config.binDays,
    now: Date.now,
    log: say,
    closing: closing.signal,
  };
  const app = createApp(services, assets, { ...config, logRequests: config.log === "debug" });
  let workers: LocalWorkers | undefined;
  services.jobs.onRing(() => workers?.start());
  const server = listen(config, (request) => app.fetch(request), (port) => {
    say("info", banner(config, port));
    workers = localWorkers({ ...config, port, count: config.workers, token: config.workerToken, log: say });
  });
  const background = [
    keepUp(sql, closing.signal),
    deliverWebhooks(services, closing.signal),
    keepArtifacts(services, closing.signal),
    workOffPurges(services, closing.signal),
    keepJobs({ ...services, ring: services.jobs.ring }, closing.signal),
    keepSchedules({ ...services, ring: services.jobs.ring }, closing.signal),
    keepSweeps({ ...services, ring: services.jobs.ring }, closing.signal),
    keepUploads(services, closing.signal),
  ];
  running.defer(async () => {
    closing.abort();
    await Promise.race([Promise.all([server.end(), ...background]), delay(grace), aborted(hurry)]);
  });
  // Before the server ends: they tell it how their jobs end.
  running.defer(async () => await workers?.stop(hurry));
  return await database.lost;
}

interface Database {
  url: string;
  /** Rejects when Weir's own Postgres is lost for good. */
  lost: Promise<never>;
}

async function openPostgres(
  { databaseUrl, dataDir }: Config,
  running: AsyncDisposableStack,
  log: (message: string) => void,
): Promise<Database> {
  if (databaseUrl !== undefined) return { url: databaseUrl, lost: never };
  const { startPostgres } = await import("./runners/postgres.ts");
  const starting = startPostgres({ dataDir, log });
  // Before it has started: a stop in between must not leave it behind.
  running.defer(async () => await (await starting.catch(() => undefined))?.stop());
  return await starting;
}

function listen({ host, port }: Config, answer: Answer, onListen: (port: number) => void): HttpServer {
  try {
    return serveHttp({ hostname: host, port, onListen }, answer);
  } catch (error) {
    throw addressError(error, { host, port });
  }
}

async function secretKeys({ secretKeys, dataDir }: Config, say: Say): Promise<string[]> {
  if (secretKeys.length > 0) return secretKeys;
  const key = await ownSecret(dataDir, "secret.key");
  if (key !== undefined) return [key];
  say(
    "error",
    `No key for secrets can be kept in ${dataDir}: set WEIR_SECRET_KEY, or webhooks with a secret are refused.`,
  );
  return [];
}

async function workerToken({ workerToken, dataDir }: Config, say: Say): Promise<string | undefined> {
  const token = workerToken ?? await ownSecret(dataDir, "worker.token");
  if (token === undefined) {
    say("error", `No token for workers can be kept in ${dataDir}: set WEIR_WORKER_TOKEN to have any.`);
  }
  return token;
}

async function prepare(sql: Pool): Promise<void> {
  await migrate(sql);
  await createDefaultExperiment(sql, artifactRoot, Date.now());
}

type Say = (level: "info" | "error" | "debug", message: string) => void;

function speaker({ log }: Config): Say {
  return (level, message) => {
    if (level === "error" || log === "debug" || log === level) tell(message);
  };
}

// deno-lint-ignore no-console -- the one way for what Weir says
const tell = (message: string): void => console.error(message);

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);

const delay = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
}

if (import.meta.main) {
  const signals = listenForStop();
  const running = new AsyncDisposableStack();
  let code = 0;
  try {
    const config = readConfig();
    config.warnings.forEach(tell);
    await Promise.race([run(config, signals, running), aborted(signals.stop)]);
  } catch (error) {
    // Ctrl-C reaches what Weir starts as well, whose death may be heard of before the signal itself.
    await Promise.race([aborted(signals.stop), delay(200)]);
    if (!signals.stop.aborted) {
      code = 1;
      tell(messageOf(error));
    }
  }
  await running.disposeAsync().catch((error) => tell(messageOf(error)));
  Deno.exit(signals.hurry.aborted ? 130 : code);
}
