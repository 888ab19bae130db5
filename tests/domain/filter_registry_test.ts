/** The filters and orders of the registry's two searches. Texts are those of MLflow's server. */
import assert from "node:assert/strict";
import { ApiError } from "../../domain/errors.ts";
import { comparisons } from "../../domain/filter/ast.ts";
import type { Dialect } from "../../domain/filter/dialect.ts";
import { FilterError } from "../../domain/filter/error.ts";
import { modelVersionDialect } from "../../domain/filter/model_versions.ts";
import { parseFilter } from "../../domain/filter/parse.ts";
import { printFilter } from "../../domain/filter/print.ts";
import { withoutPrompts } from "../../domain/filter/prompts.ts";
import { registeredModelDialect } from "../../domain/filter/registered_models.ts";
import {
  compareKeys,
  modelVersionKey,
  parseExperimentOrder,
  parseModelVersionOrder,
  parseRegisteredModelOrder,
} from "../../domain/order.ts";

const clauses = (text: string, dialect: Dialect) =>
  comparisons(parseFilter(text, dialect)).map(({ field, operator, values }) => [field.key, operator, ...values]);

function refused(text: string, dialect: Dialect, message: string): void {
  assert.throws(() => parseFilter(text, dialect), (error) => {
    assert.ok(error instanceof FilterError, `${text}: ${error}`);
    assert.ok(error.message.startsWith(message), `${text}: ${error.message}`);
    return true;
  });
}

Deno.test("what MLflow's registry refuses in a filter is refused in its words", () => {
  const both: [text: string, message: string][] = [
    ["name > 'a'", "Invalid comparator for attribute: >"],
    ["name RLIKE 'a'", "Invalid comparator for attribute: RLIKE"],
    ["tags.t > 'a'", "Invalid comparator for tag: >"],
    ["tags.t = 1", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
    ["name = a", "Parameter value is either not quoted or unidentified quote types used for string value a. Use eit"],
    ["name = NULL", "Expected a quoted string value or a list of quoted string values for attributes. Got value NULL"],
    ["name IN ()", "While parsing a list in the query, expected a non-empty list of string values, but got empty list"],
    ["name IN (1)", "While parsing a list in the query, expected string value, punctuation, or whitespace, but got d"],
    ["foo = 'a'", "Invalid attribute key 'foo' specified. Valid keys are '{'name', "],
    ["metrics.m > 1", "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')"],
    ["name = 'a' OR", "Invalid clause(s) in filter string: OR"],
    ["name", "Invalid clause(s) in filter string: name"],
    ["name = 'a'; name = 'b'", "Search filter contained multiple expression "],
    ["'a' LIKE 'b'", "Invalid comparison clause. Expected 'Identifier' found ''a''"],
    ["1 = 'b'", "Invalid comparison clause. Expected 'Identifier' found '1'"],
  ];
  for (const [text, message] of both) {
    refused(text, registeredModelDialect, message);
    refused(text, modelVersionDialect, message);
  }
  refused("name = 1", registeredModelDialect, "Expected a quoted string value or a list of quoted string values for ");
  refused("run_id = 'a'", registeredModelDialect, "Invalid attribute key 'run_id' specified.");
  refused("name = 1", modelVersionDialect, "Only the '{'version_number', ");
  refused("version_number LIKE '1'", modelVersionDialect, "Invalid comparator for attribute version_number: LIKE");
  refused("version_number LIKE 'x'", modelVersionDialect, "Invalid comparator for attribute version_number: LIKE");
  refused("version_number = 1.5", modelVersionDialect, "Invalid value for numeric attribute 'version_number': 1.5");
  refused("version_number = 'x'", modelVersionDialect, "Invalid value for numeric attribute 'version_number': 'x'");
});

Deno.test("models and versions have other names for their fields, and stages any case", () => {
  assert.deepEqual(clauses("version >= '10' AND source LIKE 's3:%' AND stage = 'production'", modelVersionDialect), [
    ["version_number", ">=", 10],
    ["source_path", "LIKE", "s3:%"],
    ["current_stage", "=", "Production"],
  ]);
  assert.deepEqual(clauses("version_number IN ('1', 2) AND aliases = 'champion'", modelVersionDialect), [
    ["version_number", "IN", 1, 2],
    ["alias", "=", "champion"],
  ]);
  assert.deepEqual(clauses("timestamp > 5 AND NOT description IS NULL", registeredModelDialect), [
    ["last_updated_timestamp", ">", 5],
    ["description", "IS NULL"],
  ]);
});

Deno.test("a filter leaves prompts out unless it speaks of their tag, and no tag is as good as false", () => {
  const meant = (text: string) => printFilter(withoutPrompts(parseFilter(text, registeredModelDialect)));
  const tag = "tags.mlflow.prompt.is_prompt";
  assert.equal(meant(""), `NOT ${tag} = 'true'`);
  assert.equal(meant("name = 'a' OR name = 'b'"), `(name = 'a' OR name = 'b') AND NOT ${tag} = 'true'`);
  assert.equal(meant(`${tag} = 'true'`), `${tag} = 'true'`);
  assert.equal(meant(`${tag} != 'true'`), `${tag} != 'true' OR ${tag} IS NULL`);
  assert.equal(
    meant(`name = 'a' AND NOT tag.\`mlflow.prompt.is_prompt\` = 'false'`),
    `name = 'a' AND NOT (${tag} = 'false' OR ${tag} IS NULL)`,
  );
  assert.equal(meant(`${tag} IS NULL`), `${tag} IS NULL`);
});

Deno.test("an order of the registry takes MLflow's keys and refuses others in its words", () => {
  const fields = (order: { field: { key: string }; ascending: boolean }[]) =>
    order.map(({ field, ascending }) => `${field.key} ${ascending ? "up" : "down"}`);
  assert.deepEqual(fields(parseRegisteredModelOrder(["timestamp DESC"])), ["last_updated_timestamp down", "name up"]);
  assert.deepEqual(fields(parseRegisteredModelOrder(["`name` desc"])), ["name down"]);
  assert.deepEqual(fields(parseModelVersionOrder(["creation_timestamp"])), [
    "creation_timestamp up",
    "name up",
    "version_number down",
  ]);
  assert.deepEqual(fields(parseModelVersionOrder([])), [
    "last_updated_timestamp down",
    "name up",
    "version_number down",
  ]);
  const fails = (act: () => unknown, message: string) =>
    assert.throws(
      act,
      (error) => error instanceof ApiError && error.status === 400 && error.message.startsWith(message),
    );
  fails(
    () => parseRegisteredModelOrder(["creation_timestamp"]),
    "Invalid order by key 'creation_timestamp' specified. Val",
  );
  fails(
    () => parseRegisteredModelOrder(["tags.t"]),
    "Invalid order by key 'tags.t' specified. Valid keys are '{'name'",
  );
  fails(() => parseModelVersionOrder(["run_id"]), "Invalid attribute key 'run_id' specified. Valid keys are '{'name'");
  fails(() => parseModelVersionOrder(["tags.t"]), "Invalid order by key 't' specified. Valid keys are {'name', ");
  fails(() => parseModelVersionOrder(["metrics.t"]), "Invalid entity type 'metrics'. Valid entity types are ");
  fails(
    () => parseModelVersionOrder(["version", "version_number"]),
    "`order_by` contains duplicate fields: ['version', ",
  );
});

Deno.test("of equal fields in an order of experiments the first counts", () => {
  assert.deepEqual(parseExperimentOrder(["name DESC", "attribute.name ASC"]), parseExperimentOrder(["name DESC"]));
});

Deno.test("versions are sorted as numbers", () => {
  const order = parseModelVersionOrder(["version_number"]);
  const key = (version: string) =>
    modelVersionKey({
      name: "m",
      version,
      creation_timestamp: 1,
      last_updated_timestamp: 1,
      user_id: "",
      current_stage: "None",
      source: "s",
      run_id: "",
      run_link: "",
      status: "READY",
    }, order);
  assert.ok(compareKeys(key("9"), key("10"), order) < 0);
});
