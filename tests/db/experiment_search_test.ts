/** The search for experiments against what its filter and order mean, on generated experiments. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ExperimentSearch, searchExperiments } from "../../db/experiment_search.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { toPairs } from "../../db/tags.ts";
import type { Experiment, LifecycleStage } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import type { Field, Filter } from "../../domain/filter/ast.ts";
import { matchesExperiment } from "../../domain/filter/evaluate.ts";
import { experimentDialect } from "../../domain/filter/experiments.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { compareKeys, experimentKey, parseExperimentOrder } from "../../domain/order.ts";
import { stagesOf } from "../../domain/search_limits.ts";
import { createDatabase } from "../database.ts";
import { comparisonOf, filterOf, keys, soup, texts, times } from "../filters.ts";
import { dictionary } from "./generated_runs.ts";

const someExperiment = fc.record({
  name: texts,
  lifecycle_stage: fc.constantFrom<LifecycleStage>("active", "active", "deleted"),
  creation_time: times,
  last_update_time: times,
  tags: dictionary(texts),
});

async function among(
  count: number,
  test: (sql: Pool, experiments: Experiment[]) => Promise<void>,
): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  try {
    const some = fc.sample(someExperiment, { numRuns: count, seed: 5 });
    const experiments = some.map(({ tags, ...rest }, index): Experiment => ({
      ...rest,
      experiment_id: String(index),
      name: `${rest.name}${index % 7 === 0 ? "" : index}/${index}`,
      artifact_location: `mlflow-artifacts:/${index}`,
      ...(Object.keys(tags).length > 0 && { tags: toPairs(tags) }),
      workspace: "default",
    }));
    for (const { experiment_id, name, artifact_location, lifecycle_stage, creation_time, ...rest } of experiments) {
      await sql`
        insert into weir.experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time,
          last_update_time, tags)
        values (${experiment_id}, ${name}, ${artifact_location}, ${lifecycle_stage}, ${creation_time},
          ${rest.last_update_time}, ${
        sql.json(Object.fromEntries((rest.tags ?? []).map(({ key, value }) => [key, value])))
      })`;
    }
    await test(sql, experiments);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const attribute = (key: string, type: "string" | "number"): Field => ({ entity: "attribute", key, type });
const ids = fc.constantFrom("0", "1", "12", "999").map((id): Filter => ({
  kind: "comparison",
  field: attribute("experiment_id", "string"),
  operator: "=",
  values: [id],
  at: { offset: 0, length: 0 },
}));
const wholeTimes = fc.oneof(times, fc.constantFrom(-1, 0, 1e15));
const filters = fc.oneof(
  fc.constant(""),
  ids.map(printFilter),
  filterOf(fc.oneof(
    keys.chain((key) => comparisonOf({ entity: "tag", key, type: "string" })),
    comparisonOf(attribute("name", "string")),
    comparisonOf(attribute("creation_time", "number"), wholeTimes),
    comparisonOf(attribute("last_update_time", "number"), wholeTimes),
  )).map(printFilter),
);
const orderings = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom("name", "experiment_id", "creation_time", "last_update_time"),
    fc.constantFrom("", " ASC", " DESC"),
  ),
  { selector: ([field]) => field, maxLength: 3 },
).map((terms) => terms.map((term) => term.join("")));

const searches = fc.record({
  filter: filters,
  order_by: orderings,
  view_type: fc.constantFrom("ACTIVE_ONLY" as const, "DELETED_ONLY" as const, "ALL" as const),
  max_results: fc.constantFrom(3, 10, 1000),
});

function expected(experiments: readonly Experiment[], search: ExperimentSearch): Experiment[] {
  const filter = parseFilter(search.filter, experimentDialect);
  const order = parseExperimentOrder(search.order_by ?? []);
  return experiments
    .filter(({ lifecycle_stage }) => stagesOf[search.view_type ?? "ACTIVE_ONLY"].includes(lifecycle_stage))
    .filter((experiment) => matchesExperiment(filter, experiment))
    .toSorted((a, b) => compareKeys(experimentKey(a, order), experimentKey(b, order), order));
}

async function pages(sql: Pool, search: ExperimentSearch): Promise<Experiment[]> {
  const found: Experiment[] = [];
  for (let page_token: string | undefined = "";;) {
    const page: Awaited<ReturnType<typeof searchExperiments>> = await searchExperiments(sql, { ...search, page_token });
    found.push(...page.experiments ?? []);
    page_token = page.next_page_token;
    if (page_token === undefined) return found;
  }
}

Deno.test("a search finds the experiments that its filter means, in the order that it asks for, on any pages", async () => {
  await among(60, async (sql, experiments) => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        assert.deepEqual(await pages(sql, search), expected(experiments, search));
      }),
      { numRuns: 300 },
    );
  });
});

Deno.test("experiments come newest first, and equally old ones by id; any other order counts ids down", async () => {
  await among(20, async (sql, experiments) => {
    const ordered = (order_by: string[]) => pages(sql, { max_results: 1000, order_by, view_type: "ALL" });
    const byHand = experiments.toSorted((a, b) =>
      b.creation_time - a.creation_time || Number(a.experiment_id) - Number(b.experiment_id)
    );
    assert.deepEqual(await ordered([]), byHand);
    const down = experiments.toSorted((a, b) =>
      a.creation_time - b.creation_time || Number(b.experiment_id) - Number(a.experiment_id)
    );
    assert.deepEqual(await ordered(["creation_time"]), down);
  });
});

Deno.test("an experiments search without a number of results, or with a bad one, is refused", async () => {
  await among(1, async (sql) => {
    for (const max_results of [0, -5, 50_001]) {
      await assert.rejects(
        searchExperiments(sql, { max_results }),
        /Invalid value -?\d+ for parameter 'max_results' supplied/,
      );
    }
    await assert.rejects(
      searchExperiments(sql, { max_results: 5, order_by: ["tags.a"] }),
      /Invalid order_by entity: tag/,
    );
    assert.deepEqual(await searchExperiments(sql, { max_results: 5, filter: "name = 'nobody'" }), {});
  });
});

Deno.test("nothing that an experiments search is asked makes Postgres or Weir fail, only refuse", async () => {
  await among(5, async (sql) => {
    const odd = fc.record({ filter: soup, order_by: fc.array(soup, { maxLength: 2 }), page_token: soup }, {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        try {
          await searchExperiments(sql, { max_results: 3, ...search });
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
