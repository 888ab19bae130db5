import type { Sql } from "./sql.ts";
import { transaction } from "./sql.ts";

/** The migrations in order. Imported as text, so that they travel with the program wherever it is deployed. */
import tracking from "./migrations/001_tracking.sql" with { type: "text" };
import metricBatches from "./migrations/002_metric_batches.sql" with { type: "text" };
import registry from "./migrations/003_registry.sql" with { type: "text" };
import wideIntegers from "./migrations/004_wide_integers.sql" with { type: "text" };
import traces from "./migrations/005_traces.sql" with { type: "text" };
import artifactFiles from "./migrations/006_artifact_files.sql" with { type: "text" };
import purges from "./migrations/007_purges.sql" with { type: "text" };
import runLogs from "./migrations/008_run_logs.sql" with { type: "text" };
import savedViews from "./migrations/009_saved_views.sql" with { type: "text" };
import metricDirections from "./migrations/010_metric_directions.sql" with { type: "text" };
import transitionRequests from "./migrations/011_transition_requests.sql" with { type: "text" };
import jobs from "./migrations/012_jobs.sql" with { type: "text" };
import sweeps from "./migrations/013_sweeps.sql" with { type: "text" };
import schedules from "./migrations/014_schedules.sql" with { type: "text" };
import projectLooks from "./migrations/015_project_looks.sql" with { type: "text" };

const migrations: readonly [name: string, sql: string][] = [
  ["001_tracking", tracking],
  ["002_metric_batches", metricBatches],
  ["003_registry", registry],
  ["004_wide_integers", wideIntegers],
  ["005_traces", traces],
  ["006_artifact_files", artifactFiles],
  ["007_purges", purges],
  ["008_run_logs", runLogs],
  ["009_saved_views", savedViews],
  ["010_metric_directions", metricDirections],
  ["011_transition_requests", transitionRequests],
  ["012_jobs", jobs],
  ["013_sweeps", sweeps],
  ["014_schedules", schedules],
  ["015_project_looks", projectLooks],
];

/** Any number, the same in every version of Weir: two servers that start at once migrate one after the other. */
const lock = 7_303_014_112;

/** Brings schema `weir` up to date. Each migration is a transaction of its own; answers the names of those that ran. */
export async function migrate(sql: Sql): Promise<string[]> {
  return await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${lock})`;
    await tx`create schema if not exists weir`;
    await tx`create table if not exists weir.migrations (name text primary key, applied_at timestamptz not null default now())`;
    const applied = new Set((await tx<{ name: string }[]>`select name from weir.migrations`).map((row) => row.name));
    const due = migrations.filter(([name]) => !applied.has(name));
    for (const [name, statements] of due) {
      await tx.unsafe(statements);
      await tx`insert into weir.migrations (name) values (${name})`;
    }
    return due.map(([name]) => name);
  });
}
