import { openStore } from "./artifacts/open.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { compactUntil } from "./db/compaction.ts";
import { createDefaultExperiment } from "./db/experiments.ts";
import { openMetricLog } from "./db/metric_log.ts";
import { migrate } from "./db/migrate.ts";
import { openDatabase, type Pool } from "./db/sql.ts";
import { createApp } from "./routes/app.ts";
import { loadAssets } from "./routes/assets.ts";
import { artifactRoot } from "./routes/services.ts";
import { startupError } from "./startup_error.ts";

/** Milliseconds that requests under way have to finish in after SIGTERM or Ctrl-C. */
const grace = 20_000;

/** What is running, in the order in which it was started; it ends in the opposite order. */
type Ending = () => Promise<unknown>;

async function start(config: Config, endings: Ending[]): Promise<void> {
  const closing = new AbortController();
  const database = await openPostgres(config, endings);
  const sql = openDatabase(database.url, config);
  endings.push(() => sql.end({ timeout: 5 }));
  const [artifacts, assets] = await Promise.all([
    openStore(config.artifactRoot, { s3: config.s3 }),
    loadAssets(),
    prepare(sql),
  ]);
  await artifacts.check();
  const compaction = compactUntil(sql, closing.signal);
  endings.push(() => compaction);
  const services = {
    sql,
    metrics: openMetricLog(sql),
    artifacts,
    now: Date.now,
    log: (level: "info" | "error", message: string) => say(config, level, message),
    closing: closing.signal,
  };
  const app = createApp(services, assets, config);
  const server = Deno.serve({
    hostname: config.host,
    port: config.port,
    onListen: (address) => banner(config, address.port, database.own),
  }, app.fetch);
  endings.push(() => Promise.race([server.shutdown(), new Promise((done) => setTimeout(done, grace))]));
  endings.push(() => Promise.resolve(closing.abort()));
}

async function openPostgres(config: Config, endings: Ending[]): Promise<{ url: string; own: boolean }> {
  if (config.databaseUrl) return { url: config.databaseUrl, own: false };
  const { startPostgres } = await import("./runners/postgres.ts");
  const postgres = await startPostgres({ dataDir: config.dataDir });
  endings.push(() => postgres.stop());
  return { url: postgres.url, own: true };
}

async function prepare(sql: Pool): Promise<void> {
  await migrate(sql);
  await createDefaultExperiment(sql, artifactRoot, Date.now());
}

async function end(endings: Ending[], code: number): Promise<never> {
  for (const ending of endings.splice(0).reverse()) {
    // deno-lint-ignore no-await-in-loop -- the database goes last
    await ending().catch((error) => console.error(startupError(error)));
  }
  Deno.exit(code);
}

function say(config: Config, level: "info" | "error", message: string): void {
  if (level === "error" || config.log !== "quiet") console.error(message);
}

function banner(config: Config, port: number, own: boolean): void {
  if (config.log === "quiet") return;
  const host = config.host === "127.0.0.1" || config.host === "0.0.0.0" ? "localhost" : config.host;
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  console.error(`
  Weir listens on ${address}
  Data            ${own ? config.dataDir : "in your Postgres (DATABASE_URL)"}
  Artifacts       ${config.artifactRoot}

  In your training script:

    import mlflow
    mlflow.set_tracking_uri("${address}")

  Ctrl-C ends it.
`);
}

if (import.meta.main) {
  const endings: Ending[] = [];
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      // Whoever asks twice does not want to wait for the requests under way.
      if (stopping) Deno.exit(130);
      stopping = true;
      end(endings, 0);
    });
  }
  try {
    const config = readConfig();
    config.warnings.forEach((warning) => console.error(warning));
    await start(config, endings);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : startupError(error));
    await end(endings, 1);
  }
}
