/** The search for logged models against what its filter and order mean, on generated models. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { hydrateLoggedModels } from "../../db/logged_model_rows.ts";
import { type LoggedModelSearch, searchLoggedModels } from "../../db/logged_model_search.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { toPairs } from "../../db/tags.ts";
import { type KeyValue, type LoggedModel, loggedModelStatuses } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Field } from "../../domain/filter/ast.ts";
import { matchesLoggedModel } from "../../domain/filter/evaluate.ts";
import { type DatasetFilter, loggedModelDialect } from "../../domain/filter/logged_models.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { compareKeys, modelKey, parseModelOrder } from "../../domain/order.ts";
import { createDatabase } from "../database.ts";
import { comparisonOf, datasetNames, digests, filterOf, keys, metricValues, soup, texts, times } from "../filters.ts";
import { dictionary } from "./generated_runs.ts";

const metric = fc.record({
  key: keys,
  value: metricValues,
  timestamp: times,
  step: fc.constantFrom(0, 1),
  run_id: fc.constantFrom("r1", "r2"),
  dataset: fc.option(fc.record({ dataset_name: datasetNames, dataset_digest: digests })),
});
const someModel = fc.record({
  experiment: fc.constantFrom(1, 1, 2),
  name: texts,
  model_type: fc.option(texts),
  source_run_id: fc.option(fc.constantFrom("r1", "r2", "")),
  status: fc.constantFrom(...loggedModelStatuses),
  status_message: fc.option(texts),
  created: times,
  updated: times,
  params: dictionary(texts),
  tags: dictionary(texts),
  metrics: fc.uniqueArray(metric, {
    selector: ({ key, timestamp, step, run_id }) => JSON.stringify([key, timestamp, step, run_id]),
    maxLength: 8,
  }),
  deleted: fc.constantFrom(false, false, false, true),
});
type SomeModel = typeof someModel extends fc.Arbitrary<infer T> ? T : never;

const present = (key: string, list: unknown[]) => list.length > 0 ? { [key]: list } : {};
const unlessNull = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function toModel(some: SomeModel, index: number): LoggedModel {
  const model_id = `m-${((index * 2654435761) >>> 0).toString(16).padStart(8, "0").repeat(4)}`;
  const metrics = some.metrics
    .map(({ dataset, ...rest }) => ({ ...rest, ...dataset, model_id }))
    .toSorted((a, b) =>
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || a.timestamp - b.timestamp || a.step - b.step ||
      (a.run_id < b.run_id ? -1 : 1)
    );
  return {
    info: {
      model_id,
      experiment_id: String(some.experiment),
      name: some.name,
      creation_timestamp_ms: some.created,
      last_updated_timestamp_ms: some.updated,
      artifact_uri: `mlflow-artifacts:/${some.experiment}/models/${model_id}/artifacts`,
      status: some.status,
      ...unlessNull({
        model_type: some.model_type,
        source_run_id: some.source_run_id,
        status_message: some.status_message,
      }),
      ...present("tags", toPairs(some.tags)),
    },
    data: { ...present("params", toPairs(some.params)), ...present("metrics", metrics) },
  };
}

async function insertModel(sql: Pool, { info, data }: LoggedModel, deleted: boolean): Promise<void> {
  const object = (pairs: KeyValue[] = []) => sql.json(Object.fromEntries(pairs.map(({ key, value }) => [key, value])));
  await sql`
    insert into weir.logged_models (model_id, experiment_id, name, model_type, source_run_id, artifact_uri, status,
      status_message, lifecycle_stage, creation_timestamp_ms, last_updated_timestamp_ms, params, tags)
    values (${info.model_id}, ${info.experiment_id}, ${info.name}, ${info.model_type ?? null},
      ${info.source_run_id ?? null}, ${info.artifact_uri}, ${info.status}, ${info.status_message ?? null},
      ${deleted ? "deleted" : "active"}, ${info.creation_timestamp_ms}, ${info.last_updated_timestamp_ms},
      ${object(data.params)}, ${object(info.tags)})`;
  for (const metric of data.metrics ?? []) {
    await sql`insert into weir.metric_keys (name) values (${metric.key}) on conflict do nothing`;
    await sql`
      insert into weir.logged_model_metrics (model_id, key, timestamp, step, run_id, value, experiment_id, dataset_name,
        dataset_digest)
      select ${info.model_id}, key, ${Number(metric.timestamp)}, ${Number(metric.step)}, ${
      metric.run_id ?? ""
    }, ${metric.value},
        ${info.experiment_id}, ${metric.dataset_name ?? null}, ${metric.dataset_digest ?? null}
      from weir.metric_keys where name = ${metric.key}`;
  }
}

/** `models` are those that are not deleted. */
async function among(count: number, test: (sql: Pool, models: LoggedModel[]) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  try {
    await sql`
      insert into weir.experiments (experiment_id, name, artifact_location, creation_time, last_update_time)
      values (1, 'one', 'a', 1, 1), (2, 'two', 'b', 2, 2)`;
    const some = fc.sample(someModel, { numRuns: count, seed: 9 });
    const models = some.map(toModel);
    for (const [index, model] of models.entries()) await insertModel(sql, model, some[index]!.deleted);
    await test(sql, models.filter((_, index) => !some[index]!.deleted));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const attribute = (key: string, type: "string" | "number" = "string"): Field => ({ entity: "attribute", key, type });
const filters = fc.oneof(
  fc.constant(""),
  filterOf(fc.oneof(
    keys.chain((key) => comparisonOf({ entity: "metric", key, type: "number" })),
    keys.chain((key) => comparisonOf({ entity: "parameter", key, type: "string" })),
    keys.chain((key) => comparisonOf({ entity: "tag", key, type: "string" })),
    fc.constantFrom("name", "model_type", "source_run_id", "status_message").chain((key) =>
      comparisonOf(attribute(key))
    ),
    comparisonOf(attribute("status"), fc.constantFrom(...loggedModelStatuses)),
    comparisonOf(attribute("creation_timestamp_ms", "number"), times),
  )).map(printFilter),
);
const datasets: fc.Arbitrary<DatasetFilter[]> = fc.array(
  fc.record({ dataset_name: datasetNames, dataset_digest: digests }, { requiredKeys: ["dataset_name"] }),
  { maxLength: 2 },
);
const orderBy = fc.record({
  field_name: fc.oneof(
    fc.constantFrom("name", "model_id", "model_type", "creation_time", "last_updated_timestamp", "source_run_id"),
    keys.map((key) => `metrics.${key}`),
  ),
  ascending: fc.boolean(),
  dataset_name: fc.option(datasetNames, { nil: undefined }),
  dataset_digest: fc.option(digests, { nil: undefined }),
});
const searches = fc.record({
  experiment_ids: fc.constantFrom(["1"], ["1", "2"], []),
  filter: filters,
  datasets,
  order_by: fc.array(orderBy, { maxLength: 3 }),
  max_results: fc.constantFrom(4, 15, 0),
});

function expected(
  models: readonly LoggedModel[],
  search: LoggedModelSearch & { datasets: DatasetFilter[] },
): LoggedModel[] {
  const filter = parseFilter(search.filter, loggedModelDialect);
  const order = parseModelOrder(search.order_by ?? []);
  return models
    .filter(({ info }) => search.experiment_ids.includes(info.experiment_id))
    .filter((model) => matchesLoggedModel(filter, model, search.datasets))
    .toSorted((a, b) => compareKeys(modelKey(a, order), modelKey(b, order), order));
}

async function pages(sql: Pool, search: LoggedModelSearch): Promise<LoggedModel[]> {
  const found: LoggedModel[] = [];
  for (let page_token: string | undefined = "";;) {
    const page: Awaited<ReturnType<typeof searchLoggedModels>> = await searchLoggedModels(sql, {
      ...search,
      page_token,
    });
    found.push(...page.models);
    page_token = page.next_page_token;
    if (page_token === undefined) return found;
  }
}

Deno.test("a search finds the logged models that its filter means, in the order that it asks for, on any pages", async () => {
  await among(60, async (sql, models) => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        assert.deepEqual(await pages(sql, search), expected(models, search));
      }),
      { numRuns: 300 },
    );
  });
});

Deno.test("a token of logged models is good for its own search only", async () => {
  await among(30, async (sql) => {
    const search = { experiment_ids: ["1"], max_results: 2 };
    const { next_page_token: page_token } = await searchLoggedModels(sql, search);
    assert.ok(page_token);
    const other = (part: object) => searchLoggedModels(sql, { ...search, ...part, page_token });
    await assert.rejects(
      other({ experiment_ids: ["2"] }),
      /Experiment IDs in the page token do not match the requested/,
    );
    await assert.rejects(
      other({ filter: "name = 'a'" }),
      /Filter string in the page token does not match the requested/,
    );
    await assert.rejects(
      other({ order_by: [{ field_name: "name" }] }),
      /Order by in the page token does not match the /,
    );
    await assert.rejects(searchLoggedModels(sql, { ...search, page_token: "x" }), { code: "INVALID_PARAMETER_VALUE" });
  });
});

Deno.test("what a logged models search cannot make sense of is refused", async () => {
  await among(1, async (sql) => {
    const refused = (search: object, message: RegExp) =>
      assert.rejects(searchLoggedModels(sql, { experiment_ids: ["1"], ...search }), message);
    await refused(
      { datasets: [{ dataset_name: "" }] },
      /^ApiError: `dataset_name` in the `datasets` clause must be specified\.$/,
    );
    await refused({ order_by: [{ field_name: "foo" }] }, /Invalid order by field name: foo$/);
    await refused(
      { order_by: [{ field_name: "params.x" }] },
      /Invalid order by field name: params\.x\. Only metrics are supp/,
    );
    await refused({ order_by: [{}] }, /Invalid order by field name: $/);
    await refused({ max_results: -1 }, /Invalid value -1 for parameter 'max_results'/);
    await refused({ filter: "foo = 'x'" }, /Invalid attribute key 'foo' specified/);
    await refused({ experiment_ids: ["abc"] }, /Invalid experiment ID 'abc'/);
  });
});

Deno.test("nothing that a logged models search is asked makes Postgres or Weir fail, only refuse", async () => {
  await among(5, async (sql) => {
    const odd = fc.record({
      filter: soup,
      order_by: fc.array(
        fc.record({ field_name: soup, dataset_name: soup, dataset_digest: soup }, { requiredKeys: [] }),
        {
          maxLength: 2,
        },
      ),
      datasets: fc.array(fc.record({ dataset_name: soup, dataset_digest: soup }), { maxLength: 2 }),
      page_token: soup,
    }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        try {
          await searchLoggedModels(sql, { experiment_ids: ["1"], ...search });
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(await hydrateLoggedModels(sql, []), []);
  });
});
