/** Purges in tests: something of everything to purge, the loop of a server, and what is left of a thing in the database. */
import type { ArtifactStores } from "../artifacts/stores.ts";
import { claimPurge, getPurge } from "../db/purges.ts";
import type { Sql } from "../db/sql.ts";
import type { Purge } from "../domain/purges.ts";
import { workOffPurges } from "../runners/purges.ts";
import { until } from "./postgres.ts";
import { point, type Weir } from "./weir.ts";

/** Asks for a purge over the API and answers its id. */
export const ask = async (weir: Weir, request: object): Promise<string> =>
  (await weir.ok("POST", "/api/weir/1/purges", request)).purge.purge_id;

/** Works off purges, as a server does, until this one has ended. `artifacts` takes the place of the server's stores. */
export async function workOff(weir: Weir, purge_id: string, artifacts?: ArtifactStores): Promise<Purge> {
  await whileWorking(weir, async () => {
    await until(async () => (await getPurge(weir.services.sql, purge_id)).ended_time !== undefined);
  }, artifacts);
  return await getPurge(weir.services.sql, purge_id);
}

/** Does something while a server works off purges. */
export async function whileWorking(weir: Weir, work: () => Promise<void>, artifacts?: ArtifactStores): Promise<void> {
  const ending = new AbortController();
  const loop = workOffPurges({ ...weir.services, ...(artifacts && { artifacts }) }, ending.signal);
  try {
    await work();
  } finally {
    ending.abort();
    await loop;
  }
}

/** What waits for another attempt, or is the claim of a server that is gone, waits no more. */
export async function hurry(sql: Sql): Promise<void> {
  await sql`update weir.purge_items set next_attempt = 0 where state = 'waiting'`;
  await sql`update weir.purges set next_attempt = 0 where state in ('queued', 'running')`;
}

export const purge = async (weir: Weir, request: object): Promise<Purge> =>
  await workOff(weir, await ask(weir, request));

export { claimPurge };

export interface Full {
  experiment_id: string;
  run_id: string;
  model_id: string;
  trace_id: string;
}

/** An experiment with a run, a logged model and a trace that have something of everything, files too. */
export async function fill(weir: Weir, location = ""): Promise<Full> {
  const { experiment_id } = await weir.ok("POST", "experiments/create", {
    name: crypto.randomUUID(),
    artifact_location: location,
    tags: [{ key: "team", value: "vision" }],
  });
  const run_id = await weir.startRun({ experiment_id, tags: [{ key: "a", value: "b" }] });
  await weir.logMetrics(run_id, Array.from({ length: 20 }, (_, step) => point("loss", 1 / (1 + step), { step })));
  await weir.ok("POST", "runs/log-parameter", { run_id, key: "lr", value: "1" });
  const model_id = await addModel(weir, experiment_id, run_id);
  await weir.ok("POST", "runs/log-inputs", {
    run_id,
    datasets: [{ dataset: { name: "d", digest: "1", source_type: "s", source: "s" }, tags: [] }],
    models: [{ model_id }],
  });
  await weir.ok("POST", "runs/outputs", { run_id, models: [{ model_id, step: 1 }] });
  const metric = { key: "acc", value: 1, timestamp: 1, step: 1, model_id };
  await weir.ok("POST", "runs/log-batch", { run_id, metrics: [metric] });
  const trace_id = await addTrace(weir, experiment_id, run_id);
  await put(weir, `${place(location, experiment_id)}/${run_id}/artifacts/a/b.txt`, "12345");
  await put(weir, `${place(location, experiment_id)}/models/${model_id}/artifacts/MLmodel`, "123");
  await put(weir, `${place(location, experiment_id)}/traces/${trace_id}/artifacts/traces.json`, "{}");
  return { experiment_id, run_id, model_id, trace_id };
}

const place = (location: string, experiment_id: string): string =>
  location === "" ? experiment_id : location.replace("mlflow-artifacts:/", "");

export async function addModel(weir: Weir, experiment_id: string, source_run_id: string): Promise<string> {
  const made = await weir.ok("POST", "logged-models", { experiment_id, name: "m", source_run_id });
  return made.model.info.model_id;
}

export async function addTrace(weir: Weir, experiment_id: string, run_id: string): Promise<string> {
  const trace_id = `tr-${crypto.randomUUID().replaceAll("-", "")}`;
  await weir.ok("POST", "/api/3.0/mlflow/traces", {
    trace: {
      trace_info: {
        trace_id,
        trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id } },
        request_time: "2025-01-01T00:00:00Z",
        state: "OK",
        tags: { a: "b" },
      },
    },
  });
  await weir.services.sql`
    insert into weir.spans (trace_id, span_id, name, status, start_ns, content) values (${trace_id}, '1', 's', 'OK', 1, '{}')`;
  await weir.services.sql`
    insert into weir.assessments (assessment_id, trace_id, name, source_type, source_id, kind, create_time, last_update_time)
    values (${`a-${trace_id}`}, ${trace_id}, 'good', 'HUMAN', 'ada', 'feedback', 1, 1)`;
  await weir.ok("POST", "traces/link-to-run", { trace_ids: [trace_id], run_id });
  return trace_id;
}

/** Stores a file of the server's own store. */
export async function put(weir: Weir, path: string, body: string): Promise<void> {
  const answer = await weir.app.request(`/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", body });
  if (answer.status !== 200) throw new Error(`${path}: ${await answer.text()}`);
}

/** The paths of all files in the server's own store. */
export const stored = async (weir: Weir): Promise<string[]> =>
  await Array.fromAsync(weir.services.artifacts.own.walk(""), ({ path }) => path);

/** The tables, of all there are, that hold this text anywhere in a row, or this number in the column of that name. */
export async function tablesWith(
  sql: Sql,
  text: string,
  number?: { column: string; value: number },
): Promise<string[]> {
  const tables = await sql<{ name: string; columns: string[] }[]>`
    select c.table_name as name, array_agg(c.column_name::text) as columns from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'weir' and t.table_type = 'BASE TABLE' group by c.table_name order by c.table_name`;
  const found: string[] = [];
  for (const { name, columns } of tables) {
    const table = sql`${sql("weir")}.${sql(name)} t`;
    const numbered = number && columns.includes(number.column)
      ? sql`t.${sql(number.column)} = ${number.value}`
      : sql`false`;
    const [row] = await sql`select from ${table} where to_jsonb(t)::text like ${`%${text}%`} or ${numbered} limit 1`;
    if (row) found.push(name);
  }
  return found;
}
