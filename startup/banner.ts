import type { Config } from "../config.ts";

/** What a newcomer needs once Weir listens: where it is, where the data lies, and the two lines of Python. */
export function banner(config: Config, port: number): string {
  const host = ["127.0.0.1", "0.0.0.0", "::"].includes(config.host) ? "localhost" : config.host;
  const address = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return `
  Weir listens on ${address}
  Data            ${config.databaseUrl === undefined ? config.dataDir : "in your Postgres (DATABASE_URL)"}
  Artifacts       ${config.artifactRoot}

  In your training script:

    import mlflow
    mlflow.set_tracking_uri("${address}")

  Ctrl-C ends it.
`;
}
