/** The search for model versions against what its filter and order mean, on generated versions. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type ModelVersionSearch, searchModelVersions } from "../../db/model_version_search.ts";
import type { Pool } from "../../db/sql.ts";
import { modelStages, type ModelVersion, modelVersionStatuses } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { matchesModelVersion } from "../../domain/filter/evaluate.ts";
import { modelVersionDialect } from "../../domain/filter/model_versions.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { withoutPrompts } from "../../domain/filter/prompts.ts";
import { compareKeys, modelVersionKey, parseModelVersionOrder } from "../../domain/order.ts";
import { filterOf, soup } from "../filters.ts";
import { among, registryClauses, text, versionNumbers } from "./generated_registry.ts";

const own = fc.oneof(
  versionNumbers,
  text("source_path"),
  text("run_id", fc.constantFrom("", "r1", "r2")),
  text("run_link"),
  text("model_id", fc.constantFrom("m-1", "m-2")),
  text("current_stage", fc.constantFrom(...modelStages)),
  text("status", fc.constantFrom(...modelVersionStatuses)),
  text("status_message"),
);
const filters = fc.oneof(
  { weight: 1, arbitrary: fc.constant("") },
  { weight: 9, arbitrary: filterOf(fc.oneof(own, registryClauses)).map(printFilter) },
);
const orderings = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom("name", "version_number", "creation_timestamp", "last_updated_timestamp"),
    fc.constantFrom("", " ASC", " DESC"),
  ),
  { selector: ([field]) => field, maxLength: 3 },
).map((terms) => terms.map((term) => term.join("")));
const searches = fc.record({ filter: filters, order_by: orderings, max_results: fc.constantFrom(7, 20, 200_000) });

function expected(versions: readonly ModelVersion[], search: ModelVersionSearch): ModelVersion[] {
  const filter = withoutPrompts(parseFilter(search.filter, modelVersionDialect));
  const order = parseModelVersionOrder(search.order_by ?? []);
  return versions
    .filter((version) => matchesModelVersion(filter, version))
    .toSorted((a, b) => compareKeys(modelVersionKey(a, order), modelVersionKey(b, order), order));
}

async function pages(sql: Pool, search: ModelVersionSearch): Promise<ModelVersion[]> {
  const found: ModelVersion[] = [];
  for (let page_token: string | undefined = "";;) {
    const page: Awaited<ReturnType<typeof searchModelVersions>> = await searchModelVersions(sql, {
      ...search,
      page_token,
    });
    found.push(...page.model_versions);
    page_token = page.next_page_token;
    if (page_token === undefined) return found;
  }
}

const isPrompt = ({ tags = [] }: ModelVersion): boolean =>
  tags.some(({ key, value }) => key === "mlflow.prompt.is_prompt" && value === "true");

Deno.test("a search finds the model versions that its filter means, in the order that it asks for, on any pages", async () => {
  await among(40, async ({ sql, versions }) => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        assert.deepEqual(await pages(sql, search), expected(versions, search));
      }),
      { numRuns: 300 },
    );
  });
});

Deno.test("model versions come with those changed last first, then by name, then from the highest number", async () => {
  await among(30, async ({ sql, versions }) => {
    const byName = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const byHand = versions.filter((version) => !isPrompt(version)).toSorted((a, b) =>
      b.last_updated_timestamp - a.last_updated_timestamp || byName(a.name, b.name) ||
      Number(b.version) - Number(a.version)
    );
    assert.ok(byHand.length > 20);
    assert.deepEqual(await pages(sql, { max_results: 5 }), byHand);
  });
});

Deno.test("versions are numbers: 10 comes after 9, with quotes and without, under either name", async () => {
  await among(30, async ({ sql, versions }) => {
    const numbers = async (filter: string) =>
      (await pages(sql, { filter })).map(({ version }) => Number(version)).sort();
    const above = versions.filter((one) => !isPrompt(one)).map(({ version }) => Number(version)).filter((one) =>
      one > 9
    );
    assert.ok(above.length > 0);
    for (const filter of ["version_number > 9", "version > 9", "version_number > '9'", "version_number > 9.0"]) {
      assert.deepEqual(await numbers(filter), above.sort(), filter);
    }
    assert.deepEqual([...new Set(await numbers("version IN ('10', 11)"))], [10, 11]);
  });
});

Deno.test("versions of prompts are found only by a filter that speaks of their tag", async () => {
  await among(40, async ({ sql, versions }) => {
    const count = async (filter?: string) => (await pages(sql, { filter })).length;
    const prompts = versions.filter(isPrompt).length;
    assert.ok(prompts > 0 && prompts < versions.length);
    assert.equal(await count(), versions.length - prompts);
    assert.equal(await count("version > 0"), versions.length - prompts);
    assert.equal(await count("tags.`mlflow.prompt.is_prompt` != 'true'"), versions.length - prompts);
    assert.equal(await count("tags.`mlflow.prompt.is_prompt` = 'true'"), prompts);
  });
});

Deno.test("a token of model versions is good for its own search only, whatever numbers it holds", async () => {
  await among(20, async ({ sql }) => {
    const search = { max_results: 2, order_by: ["version_number"] };
    const { next_page_token: page_token } = await searchModelVersions(sql, search);
    assert.ok(page_token);
    const other = (part: object) => searchModelVersions(sql, { ...search, page_token, ...part });
    await assert.rejects(other({ filter: "name != 'a'" }), /Filter string in the page token does not match/);
    await assert.rejects(other({ order_by: [] }), /Order by in the page token does not match/);
    const parsed = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(page_token, { alphabet: "base64url" })));
    const forged = JSON.stringify({ ...parsed, after: [Number.MAX_SAFE_INTEGER, "x"] });
    const token = new TextEncoder().encode(forged).toBase64({ alphabet: "base64url" });
    assert.deepEqual(await other({ page_token: token }), { model_versions: [] });
  });
});

Deno.test("what a model versions search cannot make sense of is refused in MLflow's words", async () => {
  await among(1, async ({ sql }) => {
    const refused = (search: ModelVersionSearch, message: RegExp) =>
      assert.rejects(searchModelVersions(sql, search), (error) => {
        assert.ok(error instanceof ApiError && error.code === "INVALID_PARAMETER_VALUE");
        assert.match(error.message, message);
        return true;
      });
    await refused(
      { max_results: 200_001 },
      /^Invalid value "200001" for parameter 'max_results' supplied: It must be at most 200000\.$/,
    );
    await refused(
      { max_results: 0 },
      /^Invalid value for max_results\. It must be a positive integer, but got 0$/,
    );
    await refused({ order_by: ["run_id"] }, /^Invalid attribute key 'run_id' specified\. Valid keys are '/);
    await refused({ order_by: ["tags.x"] }, /^Invalid order by key 'x' specified\. Valid keys are \{/);
    await refused(
      { order_by: ["name", "name DESC"] },
      /^`order_by` contains duplicate fields: \['name', 'name DESC'\]$/,
    );
  });
});

Deno.test("nothing that a model versions search is asked makes Postgres or Weir fail, only refuse", async () => {
  await among(5, async ({ sql }) => {
    const odd = fc.record({ filter: soup, order_by: fc.array(soup, { maxLength: 2 }), page_token: soup }, {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        try {
          await searchModelVersions(sql, { max_results: 3, ...search });
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
