/** Generated registered models with versions and aliases, in a database of their own. */
import fc from "fast-check";
import {
  hydrateModelVersions,
  hydrateRegisteredModels,
  type ModelVersionRow,
  type RegisteredModelRow,
} from "../../db/registry_rows.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { modelStages, type ModelVersion, modelVersionStatuses, type RegisteredModel } from "../../domain/entities.ts";
import type { Comparison, Field } from "../../domain/filter/ast.ts";
import { promptTag } from "../../domain/filter/prompts.ts";
import { createDatabase } from "../database.ts";
import { comparisonOf, keys, texts, times } from "../filters.ts";
import { dictionary } from "./generated_runs.ts";

const aliases = fc.constantFrom("champion", "Champion", "challenger", "é");
const isPrompt = fc.constantFrom({}, {}, {}, { [promptTag]: "true" }, { [promptTag]: "false" });
const tags = fc.tuple(dictionary(texts), isPrompt).map(([some, prompt]) => ({ ...some, ...prompt }));
const someVersion = fc.record({
  user_id: texts,
  current_stage: fc.constantFrom(...modelStages),
  description: fc.option(texts),
  source: texts,
  run_id: fc.constantFrom("", "r1", "r2"),
  run_link: texts,
  model_id: fc.option(fc.constantFrom("m-1", "m-2")),
  status: fc.constantFrom(...modelVersionStatuses),
  status_message: fc.option(texts),
  creation_timestamp: times,
  last_updated_timestamp: times,
  tags,
});
const someModel = fc.record({
  name: texts,
  description: fc.option(texts),
  user_id: texts,
  deployment_job_id: fc.option(texts),
  creation_timestamp: times,
  last_updated_timestamp: times,
  tags,
  versions: fc.array(fc.tuple(fc.constantFrom(1, 2, 3, 10, 11, 100), someVersion), { maxLength: 4 })
    .map((list) => [...new Map(list)]),
  aliases: fc.array(aliases, { maxLength: 3 }),
});
type SomeModel = typeof someModel extends fc.Arbitrary<infer T> ? T : never;

async function insert(sql: Pool, some: SomeModel, index: number): Promise<void> {
  const { versions, aliases, ...model } = some;
  const name = index % 7 === 0 ? `${model.name}${index}` : `${index % 5}${model.name}${index}`;
  const [row] = await sql<{ model: number }[]>`
    insert into weir.registered_models ${sql({ ...model, name, tags: sql.json(model.tags) })} returning model`;
  for (const [version, rest] of versions) {
    const columns = { ...rest, model: row!.model, version, tags: sql.json(rest.tags) };
    await sql`insert into weir.model_versions ${sql(columns)}`;
  }
  for (const [at, alias] of [...new Set(aliases)].entries()) {
    const version = versions[at % Math.max(1, versions.length)]?.[0];
    if (version !== undefined) {
      await sql`insert into weir.model_aliases ${sql({ model: row!.model, alias, version })}`;
    }
  }
}

export interface Registry {
  sql: Pool;
  models: RegisteredModel[];
  versions: ModelVersion[];
}

/** Calls `test` with `count` generated models. */
export async function among(count: number, test: (registry: Registry) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 2, prepare: true });
  try {
    for (const [index, some] of fc.sample(someModel, { numRuns: count, seed: 3 }).entries()) {
      await insert(sql, some, index);
    }
    const models = await sql<RegisteredModelRow[]>`select * from weir.registered_models`;
    const versions = await sql<ModelVersionRow[]>`
      select v.*, m.name from weir.model_versions v join weir.registered_models m using (model)`;
    await test({
      sql,
      models: await hydrateRegisteredModels(sql, models),
      versions: await hydrateModelVersions(sql, versions),
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const attribute = (key: string, type: "string" | "number"): Field => ({ entity: "attribute", key, type });
const wholeTimes = fc.oneof(times, fc.constantFrom(0, 2.5, -1, 1e30));

export const text = (key: string, values?: fc.Arbitrary<string>): fc.Arbitrary<Comparison> =>
  comparisonOf(attribute(key, "string"), values);
export const time = (key: string): fc.Arbitrary<Comparison> => comparisonOf(attribute(key, "number"), wholeTimes);
export const versionNumbers = comparisonOf(
  attribute("version_number", "number"),
  fc.constantFrom(-1, 0, 1, 2, 3, 10, 11, 100, 1e15, 2 ** 40),
);

/** Clauses on what models and versions both have. */
export const registryClauses: fc.Arbitrary<Comparison> = fc.oneof(
  keys.chain((key) => comparisonOf({ entity: "tag", key, type: "string" })),
  comparisonOf({ entity: "tag", key: promptTag, type: "string" }, fc.constantFrom("true", "false", "TRUE")),
  text("name"),
  text("description"),
  text("user_id"),
  text("alias", aliases),
  time("creation_timestamp"),
  time("last_updated_timestamp"),
);
