/** The search for registered models against what its filter and order mean, on generated models. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type RegisteredModelSearch, searchRegisteredModels } from "../../db/registered_model_search.ts";
import type { Pool } from "../../db/sql.ts";
import type { RegisteredModel } from "../../domain/entities.ts";
import { ApiError } from "../../domain/errors.ts";
import { matchesRegisteredModel } from "../../domain/filter/evaluate.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { withoutPrompts } from "../../domain/filter/prompts.ts";
import { registeredModelDialect } from "../../domain/filter/registered_models.ts";
import { compareKeys, parseRegisteredModelOrder, registeredModelKey } from "../../domain/order.ts";
import { filterOf, soup } from "../filters.ts";
import { among, registryClauses, text } from "./generated_registry.ts";

const filters = fc.oneof(
  fc.constant(""),
  filterOf(fc.oneof({ weight: 8, arbitrary: registryClauses }, { weight: 1, arbitrary: text("deployment_job_id") }))
    .map(printFilter),
);
const orderings = fc.uniqueArray(
  fc.tuple(fc.constantFrom("name", "timestamp"), fc.constantFrom("", " ASC", " DESC")),
  { selector: ([field]) => field, maxLength: 2 },
).map((terms) => terms.map((term) => term.join("")));
const searches = fc.record({ filter: filters, order_by: orderings, max_results: fc.constantFrom(3, 10, 1000) });

function expected(models: readonly RegisteredModel[], search: RegisteredModelSearch): RegisteredModel[] {
  const filter = withoutPrompts(parseFilter(search.filter, registeredModelDialect));
  const order = parseRegisteredModelOrder(search.order_by ?? []);
  return models
    .filter((model) => matchesRegisteredModel(filter, model))
    .toSorted((a, b) => compareKeys(registeredModelKey(a, order), registeredModelKey(b, order), order));
}

async function pages(sql: Pool, search: RegisteredModelSearch): Promise<RegisteredModel[]> {
  const found: RegisteredModel[] = [];
  for (let page_token: string | undefined = "";;) {
    const page: Awaited<ReturnType<typeof searchRegisteredModels>> = await searchRegisteredModels(sql, {
      ...search,
      page_token,
    });
    found.push(...page.registered_models);
    page_token = page.next_page_token;
    if (page_token === undefined) return found;
  }
}

const isPrompt = ({ tags = [] }: RegisteredModel): boolean =>
  tags.some(({ key, value }) => key === "mlflow.prompt.is_prompt" && value === "true");

Deno.test("a search finds the registered models that its filter means, in the order that it asks for, on any pages", async () => {
  await among(60, async ({ sql, models }) => {
    await fc.assert(
      fc.asyncProperty(searches, async (search) => {
        assert.deepEqual(await pages(sql, search), expected(models, search));
      }),
      { numRuns: 300 },
    );
  });
});

Deno.test("prompts are found only by a filter that speaks of their tag, and models have that tag as good as false", async () => {
  await among(40, async ({ sql, models }) => {
    const names = async (filter?: string) => (await pages(sql, { filter })).map(({ name }) => name).sort();
    const some = (test: (model: RegisteredModel) => boolean) => models.filter(test).map(({ name }) => name).sort();
    const plain = some((model) => !isPrompt(model));
    assert.ok(plain.length > 0 && plain.length < models.length);
    assert.deepEqual(await names(), plain);
    assert.deepEqual(await names("name LIKE '%'"), plain);
    assert.deepEqual(await names("tags.`mlflow.prompt.is_prompt` != 'true'"), plain);
    assert.deepEqual(await names("tags.`mlflow.prompt.is_prompt` = 'false'"), plain);
    assert.deepEqual(await names("tags.`mlflow.prompt.is_prompt` = 'true'"), some(isPrompt));
    assert.deepEqual(await names("tag.mlflow.prompt.is_prompt != 'false'"), some(isPrompt));
    assert.deepEqual(await names("NOT tags.`mlflow.prompt.is_prompt` IN ('false', 'no')"), some(isPrompt));
    const all = "tags.`mlflow.prompt.is_prompt` = 'true' OR tags.`mlflow.prompt.is_prompt` != 'true'";
    assert.deepEqual(await names(all), some(() => true));
  });
});

Deno.test("registered models come by name, and a page of none is empty and the last", async () => {
  await among(20, async ({ sql, models }) => {
    const plain = models.filter((model) => !isPrompt(model));
    const byHand = plain.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    assert.deepEqual(await pages(sql, { max_results: 7 }), byHand);
    assert.deepEqual(await searchRegisteredModels(sql, { max_results: 0 }), { registered_models: [] });
  });
});

Deno.test("a token of registered models is good for its own search only", async () => {
  await among(20, async ({ sql }) => {
    const { next_page_token: page_token } = await searchRegisteredModels(sql, { max_results: 2 });
    assert.ok(page_token);
    const other = (part: object) => searchRegisteredModels(sql, { max_results: 2, page_token, ...part });
    await assert.rejects(other({ filter: "name != 'a'" }), /Filter string in the page token does not match/);
    await assert.rejects(other({ order_by: ["name DESC"] }), /Order by in the page token does not match/);
    await assert.rejects(other({ page_token: "x" }), { code: "INVALID_PARAMETER_VALUE" });
  });
});

Deno.test("what a registered models search cannot make sense of is refused in MLflow's words", async () => {
  await among(1, async ({ sql }) => {
    const refused = (search: RegisteredModelSearch, message: string) =>
      assert.rejects(searchRegisteredModels(sql, search), { code: "INVALID_PARAMETER_VALUE", message });
    await refused(
      { max_results: 1001 },
      "Invalid value \"1001\" for parameter 'max_results' supplied: It must be at most 1000.",
    );
    await refused(
      { max_results: -1 },
      "Invalid value for max_results. It must be a positive integer, but got -1",
    );
    await refused(
      { order_by: ["creation_timestamp DESC"] },
      "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'name', 'timestamp'}'",
    );
    await refused(
      { order_by: ["timestamp", "last_updated_timestamp"] },
      "`order_by` contains duplicate fields: ['timestamp', 'last_updated_timestamp']",
    );
    await refused({ order_by: ["name UP"] }, "Invalid ordering key in order_by clause 'name UP'.");
    await refused({ order_by: ["name ASC x"] }, "Invalid order_by clause 'name ASC x'. Could not be parsed.");
  });
});

Deno.test("nothing that a registered models search is asked makes Postgres or Weir fail, only refuse", async () => {
  await among(5, async ({ sql }) => {
    const odd = fc.record({ filter: soup, order_by: fc.array(soup, { maxLength: 2 }), page_token: soup }, {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(odd, async (search) => {
        try {
          await searchRegisteredModels(sql, { max_results: 3, ...search });
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 400, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});
