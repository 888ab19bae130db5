import type {
  LifecycleStage,
  LoggedModel,
  LoggedModelStatus,
  ModelMetric,
  ModelRegistration,
} from "../domain/entities.ts";
import { parseInt64 } from "../domain/int64.ts";
import type { Sql } from "./sql.ts";
import { toPairs } from "./tags.ts";

/** A row of weir.logged_models. */
export interface LoggedModelRow {
  model_id: string;
  experiment_id: number;
  name: string;
  model_type: string | null;
  source_run_id: string | null;
  artifact_uri: string;
  status: LoggedModelStatus;
  status_message: string | null;
  lifecycle_stage: LifecycleStage;
  creation_timestamp_ms: number;
  last_updated_timestamp_ms: number;
  params: Record<string, string>;
  tags: Record<string, string>;
}

/** Logged models with everything, in the order of their rows. Params and tags by key, metrics by key and time. */
export async function hydrateLoggedModels(sql: Sql, rows: readonly LoggedModelRow[]): Promise<LoggedModel[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ model_id }) => model_id);
  const [metrics, registrations] = await Promise.all([metricsOf(sql, ids), registrationsOf(sql, ids)]);
  return rows.map((row) =>
    toLoggedModel(row, metrics.get(row.model_id) ?? [], registrations.get(row.model_id)?.map(toRegistration) ?? [])
  );
}

function toLoggedModel(row: LoggedModelRow, metrics: ModelMetric[], registrations: ModelRegistration[]): LoggedModel {
  const tags = toPairs(row.tags);
  const params = toPairs(row.params);
  return {
    info: {
      model_id: row.model_id,
      experiment_id: String(row.experiment_id),
      name: row.name,
      creation_timestamp_ms: row.creation_timestamp_ms,
      last_updated_timestamp_ms: row.last_updated_timestamp_ms,
      artifact_uri: row.artifact_uri,
      status: row.status,
      ...(row.model_type !== null && { model_type: row.model_type }),
      ...(row.source_run_id !== null && { source_run_id: row.source_run_id }),
      ...(row.status_message !== null && { status_message: row.status_message }),
      ...(tags.length > 0 && { tags }),
      ...(registrations.length > 0 && { registrations }),
    },
    data: { ...(params.length > 0 && { params }), ...(metrics.length > 0 && { metrics }) },
  };
}

interface MetricRow {
  model_id: string;
  key: string;
  value: number;
  /** Decimal. */
  timestamp: string;
  step: string;
  run_id: string;
  dataset_name: string | null;
  dataset_digest: string | null;
}

async function metricsOf(sql: Sql, model_ids: string[]): Promise<Map<string, ModelMetric[]>> {
  const rows = await sql<MetricRow[]>`
    select m.model_id, k.name as key, m.value, m.timestamp::text, m.step::text, m.run_id, m.dataset_name, m.dataset_digest
    from weir.logged_model_metrics m join weir.metric_keys k using (key)
    where m.model_id = any(${model_ids}::text[])
    order by k.name collate "C", m.timestamp, m.step, m.run_id`;
  return Map.groupBy(rows.map(toMetric), ({ model_id }) => model_id);
}

const toMetric = ({ timestamp, step, dataset_name, dataset_digest, ...metric }: MetricRow) => ({
  ...metric,
  timestamp: parseInt64(timestamp),
  step: parseInt64(step),
  ...(dataset_name !== null && { dataset_name }),
  ...(dataset_digest !== null && { dataset_digest }),
});

interface RegistrationRow {
  model_id: string;
  name: string;
  version: number;
}

/** The versions that logged models are registered as, by name and number. */
async function registrationsOf(sql: Sql, model_ids: string[]): Promise<Map<string, RegistrationRow[]>> {
  const rows = await sql<RegistrationRow[]>`
    select v.model_id, m.name, v.version from weir.model_versions v join weir.registered_models m using (model)
    where v.model_id = any(${model_ids}::text[])
    order by m.name collate "C", v.version`;
  return Map.groupBy(rows, ({ model_id }) => model_id);
}

const toRegistration = ({ name, version }: RegistrationRow): ModelRegistration => ({ name, version: String(version) });
