import postgres from "postgres";
import type { Server } from "./servers.ts";

/**
 * Fills an experiment with runs of 5 metrics and 5 params each straight in the server's database: through MLflow's API 50,000 would take
 * the better part of an hour. Both servers get the same values.
 */
export async function fillRuns({ kind, database }: Server, experiment_id: string, count: number): Promise<void> {
  const sql = postgres(database, { max: 1, onnotice: () => {} });
  for (const statement of statements[kind]) {
    await sql.unsafe(statement.replaceAll("$experiment", experiment_id).replaceAll("$count", String(count)));
  }
  await sql.unsafe("analyze");
  await sql.end();
}

const runs = `generate_series(1, $count) as i`;
const value = `((i * 7919) % 1000) / 1000.0 + n`;
const id = `md5('$experiment ' || i)`;

const statements: Record<Server["kind"], string[]> = {
  weir: [
    `insert into weir.metric_keys (name) select 'm' || n from generate_series(0, 4) n on conflict do nothing`,
    `insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri, params, tags)
     select ${id}, $experiment, 'run-' || i, 'bench', 'FINISHED', 1700000000000 + i, 1700000000000 + i, 'mlflow-artifacts:/x',
       (select jsonb_object_agg('p' || n, (i % (n + 2))::text) from generate_series(0, 4) n),
       jsonb_build_object('mlflow.runName', 'run-' || i, 'mlflow.user', 'bench')
     from ${runs}`,
    `insert into weir.latest_metrics (run, key, experiment_id, value, ranked, step, timestamp)
     select r.run, k.key, $experiment, ${value}, ${value}, 0, 1
     from ${runs} cross join generate_series(0, 4) n join weir.runs r on r.run_id = ${id} join weir.metric_keys k on k.name = 'm' || n`,
  ],
  mlflow: [
    `insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version,
       lifecycle_stage, artifact_uri, experiment_id)
     select ${id}, 'run-' || i, 'UNKNOWN', '', '', 'bench', 'FINISHED', 1700000000000 + i, 1700000000000 + i, '', 'active',
       'mlflow-artifacts:/x', $experiment from ${runs}`,
    `insert into tags (key, value, run_uuid) select 'mlflow.runName', 'run-' || i, ${id} from ${runs}`,
    `insert into tags (key, value, run_uuid) select 'mlflow.user', 'bench', ${id} from ${runs}`,
    `insert into params (key, value, run_uuid) select 'p' || n, (i % (n + 2))::text, ${id} from ${runs} cross join generate_series(0, 4) n`,
    `insert into metrics (key, value, timestamp, run_uuid, step, is_nan)
     select 'm' || n, ${value}, 1, ${id}, 0, false from ${runs} cross join generate_series(0, 4) n`,
    `insert into latest_metrics (key, value, timestamp, run_uuid, step, is_nan)
     select 'm' || n, ${value}, 1, ${id}, 0, false from ${runs} cross join generate_series(0, 4) n`,
  ],
};
