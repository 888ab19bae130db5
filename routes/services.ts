import type { ArtifactStores } from "../artifacts/stores.ts";
import type { FileLog } from "../db/file_log.ts";
import type { MetricLog } from "../db/metric_log.ts";
import type { Pool } from "../db/sql.ts";
import type { CheckStep } from "../domain/artifact_check.ts";
import type { SecretBox } from "../domain/secret_box.ts";
import type { WebhookPoster } from "../domain/webhooks.ts";
import type { JobBell } from "./job_bell.ts";

/** What handlers work with; made once by main.ts, or by a test. */
export interface Services {
  sql: Pool;
  metrics: MetricLog;
  artifacts: ArtifactStores;
  files: FileLog;
  /** Compares the own store with what is noted of it. */
  checkArtifacts: (repair: boolean) => AsyncGenerator<CheckStep>;
  webhooks: WebhookPoster;
  secrets: SecretBox;
  jobs: JobBell;
  /** What workers show to be taken for such; undefined: none is. */
  workerToken: string | undefined;
  /** Whether other machines reach the server: nobody without a token has programs run then. */
  open: boolean;
  /** What the server was started with, for people to see. */
  about: { artifact_root: string; own_database: boolean };
  /** After how many days in the bin things are purged without anybody asking; undefined: never. */
  binDays: number | undefined;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Writes a line to the server's log. */
  log: (level: "info" | "error" | "debug", message: string) => void;
  /** Aborted when the server is about to end: open streams end then, and no request is taken any more. */
  closing: AbortSignal;
}

/** The version of MLflow's protocol that is spoken: clients decide by it what they may send. */
export const protocolVersion = "3.17.2";

/** Where experiments keep their artifacts when they do not say: clients then send them through this server. */
export const artifactRoot = "mlflow-artifacts:";
