/** Generated runs in a database of their own. */
import fc from "fast-check";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { toPairs } from "../../db/tags.ts";
import type { DatasetInput, LifecycleStage, Metric, Run, RunStatus } from "../../domain/entities.ts";
import { createDatabase } from "../database.ts";
import { contexts, datasetNames, digests, keys, metricValues, statuses, texts, times } from "../filters.ts";

export interface Population {
  sql: Pool;
  runs: Run[];
}

export const dictionary = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key, maxLength: 7 }).map(Object.fromEntries);

const point = fc.record({ value: metricValues, timestamp: times, step: fc.integer({ min: -3, max: 3 }) });
const input = fc.record({ name: datasetNames, digest: digests, context: fc.option(contexts) });

const someRun = fc.record({
  experiment: fc.constantFrom(1, 1, 1, 2),
  lifecycle_stage: fc.constantFrom<LifecycleStage>("active", "active", "active", "deleted"),
  run_name: texts,
  user_id: texts,
  status: statuses as fc.Arbitrary<RunStatus>,
  start_time: times,
  end_time: fc.option(times),
  metrics: dictionary(point),
  params: dictionary(texts),
  tags: dictionary(texts),
  inputs: fc.uniqueArray(input, { selector: ({ name, digest }) => `${name} ${digest}`, maxLength: 2 }),
  model_ids: fc.uniqueArray(fc.constantFrom("m-1", "m-2"), { maxLength: 2 }),
  outputs: fc.array(fc.constantFrom("m-3", "m-4"), { maxLength: 2 }),
});
type SomeRun = typeof someRun extends fc.Arbitrary<infer T> ? T : never;

export const present = <T, K extends string>(key: K, list: T[]) =>
  (list.length > 0 ? { [key]: list } : {}) as { [P in K]?: T[] };
const byKey = (a: Metric, b: Metric) => a.key < b.key ? -1 : 1;

function toRun(some: SomeRun, index: number): Run {
  const run_id = ((index * 2654435761) >>> 0).toString(16).padStart(8, "0").repeat(4);
  const tags = { ...some.tags, "mlflow.runName": some.run_name };
  const dataset_inputs = some.inputs.map(({ name, digest, context }): DatasetInput => ({
    ...(context !== null && { tags: [{ key: "mlflow.data.context", value: context }] }),
    dataset: {
      name,
      digest,
      source_type: "local",
      source: "{}",
      ...(digest === "d2" && { schema: "{}", profile: "{}" }),
    },
  }));
  const metrics = Object.keys(some.metrics).map((key) => ({ key, ...some.metrics[key]! })).sort(byKey);
  const outputs = some.outputs.map((model_id, step) => ({ model_id, step }));
  return {
    info: {
      run_id,
      run_uuid: run_id,
      run_name: some.run_name,
      experiment_id: String(some.experiment),
      user_id: some.user_id,
      status: some.status,
      start_time: some.start_time,
      ...(some.end_time !== null && { end_time: some.end_time }),
      artifact_uri: `mlflow-artifacts:/${some.experiment}/${run_id}/artifacts`,
      lifecycle_stage: some.lifecycle_stage,
    },
    data: {
      ...present("metrics", metrics),
      ...present("params", toPairs(some.params)),
      ...present("tags", toPairs(tags)),
    },
    inputs: {
      ...present("dataset_inputs", dataset_inputs),
      ...present("model_inputs", some.model_ids.map((model_id) => ({ model_id }))),
    },
    outputs: outputs.length > 0 ? { model_outputs: outputs } : {},
  };
}

async function insertRun(sql: Pool, { info, data, inputs, outputs }: Run): Promise<void> {
  const object = (pairs: { key: string; value: string }[] = []) =>
    sql.json(Object.fromEntries(pairs.map(({ key, value }) => [key, value])));
  const [row] = await sql<{ run: number }[]>`
    insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, end_time, artifact_uri,
      lifecycle_stage, params, tags)
    values (${info.run_id}, ${info.experiment_id}, ${info.run_name}, ${info.user_id}, ${info.status}, ${info.start_time},
      ${info.end_time ?? null}, ${info.artifact_uri}, ${info.lifecycle_stage}, ${object(data.params)}, ${
    object(data.tags)
  })
    returning run`;
  const { run } = row!;
  for (const { key, value, step, timestamp } of data.metrics ?? []) {
    await sql`insert into weir.metric_keys (name) values (${key}) on conflict do nothing`;
    await sql`
      insert into weir.latest_metrics (run, key, experiment_id, value, step, timestamp, ranked)
      select ${run}, key, ${info.experiment_id}, ${value}, ${Number(step)}, ${Number(timestamp)}, ${
      isRanked(run) ? value : null
    }
      from weir.metric_keys where name = ${key}`;
  }
  for (const { dataset, tags } of inputs.dataset_inputs ?? []) {
    await sql`
      insert into weir.datasets (experiment_id, name, digest, source_type, source, schema, profile)
      values (${info.experiment_id}, ${dataset.name}, ${dataset.digest}, ${dataset.source_type}, ${dataset.source},
        ${dataset.schema ?? null}, ${dataset.profile ?? null}) on conflict do nothing`;
    await sql`
      insert into weir.dataset_inputs (run, dataset, tags) select ${run}, dataset, ${object(tags)} from weir.datasets
      where experiment_id = ${info.experiment_id} and name = ${dataset.name} and digest = ${dataset.digest}`;
  }
  for (const { model_id } of inputs.model_inputs ?? []) {
    await sql`insert into weir.model_inputs (run, model_id) values (${run}, ${model_id})`;
  }
  for (const { model_id, step } of outputs?.model_outputs ?? []) {
    await sql`insert into weir.model_outputs (run, model_id, step) values (${run}, ${model_id}, ${step})`;
  }
}

/** Calls `test` with `count` generated runs in experiments 1 and 2 of a database of their own. */
export async function among(count: number, test: (population: Population) => Promise<void>, seed = 7): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 3, prepare: true });
  try {
    await sql`
      insert into weir.experiments (experiment_id, name, artifact_location, creation_time, last_update_time)
      values (1, 'one', 'a', 1, 1), (2, 'two', 'b', 2, 2), (3, 'empty', 'c', 3, 3)`;
    const runs = fc.sample(someRun, { numRuns: count, seed }).map(toRun);
    for (const run of runs) await insertRun(sql, run);
    await sql`analyze`;
    await test({ sql, runs });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Half of the latest values are in the index of values. */
const isRanked = (run: number): boolean => run % 2 === 0;
