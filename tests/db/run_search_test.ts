/** The search for runs against what its filter and order mean, on generated runs. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { runsByNumber } from "../../db/run_rows.ts";
import { type RunSearch, searchRuns } from "../../db/run_search.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import type { Run } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { matchesRun } from "../../domain/filter/evaluate.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printField, printFilter } from "../../domain/filter/print.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { compareKeys, parseRunOrder, runKey } from "../../domain/order.ts";
import { printableRun } from "../../domain/run_json.ts";
import { stagesOf } from "../../domain/search_limits.ts";
import { createDatabase } from "../database.ts";
import { keys, runClauses, runFilters, soup } from "../filters.ts";
import { among } from "./generated_runs.ts";

const orderings = fc.uniqueArray(
  fc.tuple(
    fc.oneof(
      { weight: 3, arbitrary: keys.map((key) => printField({ entity: "metric", key, type: "number" })) },
      { weight: 1, arbitrary: keys.map((key) => printField({ entity: "parameter", key, type: "string" })) },
      { weight: 1, arbitrary: keys.map((key) => printField({ entity: "tag", key, type: "string" })) },
      {
        weight: 2,
        arbitrary: fc.constantFrom("start_time", "end_time", "run_name", "status", "user_id", "run_id", "artifact_uri"),
      },
      { weight: 1, arbitrary: fc.constant("metrics.nobody") },
    ),
    fc.constantFrom("", " ASC", " desc", " DESC"),
  ),
  { selector: ([field]) => field, maxLength: 3 },
).map((terms) => terms.map((term) => term.join("")));

const searches: fc.Arbitrary<RunSearch> = fc.record({
  experiment_ids: fc.constantFrom(["1"], ["1"], ["1", "2"], ["2", "1", "3"], ["3"], []),
  filter: fc.oneof(
    fc.constant(""),
    runClauses.map(printFilter),
    runFilters.map(printFilter),
  ),
  run_view_type: fc.constantFrom(
    "ACTIVE_ONLY" as const,
    "ACTIVE_ONLY" as const,
    "DELETED_ONLY" as const,
    "ALL" as const,
  ),
  order_by: orderings,
});

/** What a search should find, by the definition of filters and orders. */
function expected(runs: readonly Run[], search: RunSearch): string[] {
  const filter = parseFilter(search.filter, runDialect);
  const order = parseRunOrder(search.order_by ?? []);
  return runs
    .filter(({ info }) => search.experiment_ids.includes(info.experiment_id))
    .filter(({ info }) => stagesOf[search.run_view_type ?? "ACTIVE_ONLY"].includes(info.lifecycle_stage))
    .filter((run) => matchesRun(filter, run))
    .toSorted((a, b) => compareKeys(runKey(a, order), runKey(b, order), order))
    .map(({ info }) => info.run_id);
}

const idsOf = (runs: readonly Run[]) => runs.map(({ info }) => info.run_id);

async function pages(sql: Pool, search: RunSearch, size: number): Promise<string[][]> {
  const found: string[][] = [];
  for (let page_token: string | undefined = "";;) {
    const page: Awaited<ReturnType<typeof searchRuns>> = await searchRuns(sql, {
      ...search,
      max_results: size,
      page_token,
    });
    found.push(idsOf(page.runs));
    page_token = page.next_page_token;
    if (page_token === undefined) return found;
  }
}

Deno.test("a search finds the runs that its filter means, in the order that it asks for", async () => {
  await among(120, async ({ sql, runs }) => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        assert.deepEqual(idsOf((await searchRuns(sql, search)).runs), expected(runs, search));
      }),
      { numRuns: 500 },
    );
  });
});

Deno.test("the pages of a search put together are its whole answer, and all but the last are full", async () => {
  await among(80, async ({ sql, runs }) => {
    await fc.assert(
      fc.asyncProperty(searches, fc.integer({ min: 1, max: 30 }), async (search, size) => {
        const found = await pages(sql, search, size);
        assert.deepEqual(found.flat(), expected(runs, search));
        assert.ok(found.slice(0, -1).every((page) => page.length === size));
        assert.ok(found.length === 1 || found.at(-1)!.length > 0);
      }),
      { numRuns: 120 },
    );
  }, 11);
});

Deno.test("a run comes back with everything that was stored, sorted by key", async () => {
  await among(60, async ({ sql, runs }) => {
    const found = await searchRuns(sql, { experiment_ids: ["1", "2"], run_view_type: "ALL" });
    const byId = new Map(found.runs.map((run) => [run.info.run_id, run]));
    for (const run of runs) assert.deepEqual(byId.get(run.info.run_id), run);
    assert.equal(byId.size, runs.length);
    assert.deepEqual(await runsByNumber(sql, [3, 99_999, 1]), [runs[2], runs[0]]);
    assert.deepEqual(await runsByNumber(sql, []), []);
  });
});

Deno.test("a run has NaN as a string, no infinities and nothing empty in JSON", async () => {
  await among(60, async ({ sql }) => {
    const { runs } = await searchRuns(sql, { experiment_ids: ["1", "2"], run_view_type: "ALL" });
    const text = JSON.stringify(runs.map(printableRun));
    const answer: { data: { metrics?: { value: unknown }[] } }[] = JSON.parse(text);
    const values = new Set(answer.flatMap(({ data }) => (data.metrics ?? []).map(({ value }) => value)));
    assert.ok(values.has("NaN") && values.has(Number.MAX_VALUE) && values.has(-Number.MAX_VALUE) && !values.has(null));
    assert.ok(!text.includes("[]"));
  });
});

Deno.test("nothing that a search is asked makes Postgres or Weir fail, only refuse", async () => {
  await among(20, async ({ sql }) => {
    const odd = fc.record({
      experiment_ids: fc.oneof(fc.constant(["1"]), fc.array(soup, { maxLength: 2 })),
      filter: fc.oneof(soup, runFilters.map(printFilter)),
      order_by: fc.array(soup, { maxLength: 2 }),
      page_token: fc.oneof(fc.constant(""), soup, fc.base64String()),
      max_results: fc.oneof(fc.constant(5), fc.double()),
    }, { requiredKeys: ["experiment_ids"] });
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        try {
          await searchRuns(sql, search);
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }),
      { numRuns: 1500 },
    );
  });
});

Deno.test("a search among very many experiments finds the same as among few", async () => {
  await among(60, async ({ sql, runs }) => {
    const many = Array.from({ length: 40 }, (_, index) => String(index));
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        const wide = { ...search, experiment_ids: many };
        assert.deepEqual((await pages(sql, wide, 25)).flat(), expected(runs, wide));
      }),
      { numRuns: 40 },
    );
  }, 3);
});

Deno.test("ids that are no integers are refused, and ids that no experiment has find nothing", async () => {
  await among(5, async ({ sql }) => {
    const refused = { code: "INVALID_PARAMETER_VALUE" };
    await assert.rejects(searchRuns(sql, { experiment_ids: ["abc"] }), {
      ...refused,
      message: "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    });
    await assert.rejects(searchRuns(sql, { experiment_ids: [], filter: "nonsense" }), refused);
    for (const max_results of [0, -1, 1.5, 50_001]) {
      await assert.rejects(searchRuns(sql, { experiment_ids: ["1"], max_results }), refused);
    }
    assert.deepEqual(await searchRuns(sql, { experiment_ids: ["99999999999999999999", "77"] }), { runs: [] });
  });
});

Deno.test("a token is good for its own search only", async () => {
  await among(30, async ({ sql }) => {
    const search = { experiment_ids: ["1"], max_results: 2, order_by: ["metrics.a"] };
    const { next_page_token: page_token } = await searchRuns(sql, search);
    assert.ok(page_token);
    assert.equal((await searchRuns(sql, { ...search, max_results: 3, page_token })).runs.length, 3);
    for (const other of [{ filter: "status = 'FAILED'" }, { order_by: [] }, { experiment_ids: ["2"] }]) {
      await assert.rejects(searchRuns(sql, { ...search, ...other, page_token }), /Invalid page token/);
    }
  });
});

Deno.test("paging goes on after the runs that later writes moved", async () => {
  await among(40, async ({ sql }) => {
    const search: RunSearch = { experiment_ids: ["1"], max_results: 5, order_by: ["run_id"], run_view_type: "ALL" };
    const first = await searchRuns(sql, search);
    const before = await searchRuns(sql, { ...search, max_results: 1000 });
    await sql`update weir.runs set lifecycle_stage = 'deleted', start_time = 99 where run_id = ${
      first.runs.at(-1)!.info.run_id
    }`;
    const second = await searchRuns(sql, { ...search, page_token: first.next_page_token });
    assert.deepEqual(idsOf(second.runs), idsOf(before.runs).slice(5, 10));
  });
});

Deno.test("a search leaves no prepared statement behind for its filter", async () => {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 1, prepare: true });
  const statements = async () => {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from pg_prepared_statements`;
    return row!.count;
  };
  await searchRuns(sql, { experiment_ids: ["0"], filter: "metrics.a > 1" });
  await statements();
  const before = await statements();
  for (const filter of ["status = 'a'", "params.a = 'b' OR tags.c LIKE 'd'", "NOT metrics.x < 1", ""]) {
    await searchRuns(sql, { experiment_ids: ["0"], filter });
  }
  assert.equal(await statements(), before);
  await sql.end();
});
