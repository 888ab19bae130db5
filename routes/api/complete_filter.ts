import { experimentKeys } from "../../db/run_lists.ts";
import { runValues } from "../../db/run_values.ts";
import type { Sql } from "../../db/sql.ts";
import { runStatuses } from "../../domain/entities.ts";
import type { Field } from "../../domain/filter/ast.ts";
import {
  completedValue,
  completeField,
  completeJoint,
  completeOperator,
  type Completion,
  type Place,
  placeAt,
} from "../../domain/filter/complete.ts";
import { runDialect } from "../../domain/filter/runs.ts";
import { counted } from "../../domain/format.ts";
import { read } from "../../domain/permissions.ts";
import { CompleteFilter, Completions } from "../../wire/complete_filter.ts";
import { endpoint } from "../endpoint.ts";

const most = 12;

export const completeFilterEndpoints = [
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "runs/complete-filter",
    summary: "Answers how a filter of runs can go on at a place: keys, operators and values that the experiment knows.",
    input: CompleteFilter,
    output: Completions,
    access: read.run,
    handle: async ({ sql }, { experiment_id, filter, at = filter.length }) => {
      const caret = Math.min(Math.max(at, 0), filter.length);
      const place = placeAt(filter, caret, runDialect);
      if (place === undefined) return { from: caret, to: caret, completions: [] };
      const completions = await complete(sql, experiment_id, place);
      return { from: place.from, to: place.to, completions: completions.slice(0, most) };
    },
  }),
];

async function complete(sql: Sql, experiment_id: string, { expected, begun }: Place): Promise<Completion[]> {
  switch (expected.kind) {
    case "field":
      return completeField(begun, await knownFields(sql, experiment_id), runDialect);
    case "operator":
      return completeOperator(begun, expected.field, runDialect);
    case "joint":
      return completeJoint(begun, expected.listed);
    case "value":
      return await values(sql, experiment_id, expected, begun);
  }
}

async function knownFields(sql: Sql, experiment_id: string): Promise<Field[]> {
  const { metrics, params, tags } = await experimentKeys(sql, experiment_id);
  const { attribute, dataset = new Map() } = runDialect.known;
  const fields = (entity: Field["entity"], keys: Iterable<string>, type: Field["type"] = "string"): Field[] =>
    [...new Set(keys)].map((key) => ({ entity, key, type }));
  return [
    ...fields("metric", metrics, "number"),
    ...fields("parameter", params),
    ...fields("attribute", [...attribute.values()].map(({ key }) => key)),
    ...fields("tag", tags),
    ...fields("dataset", dataset.keys()),
  ];
}

async function values(
  sql: Sql,
  experiment_id: string,
  { field, listed }: { field: Field; listed: boolean },
  begun: string,
): Promise<Completion[]> {
  if (field.type === "number") return [];
  const found = await runValues(sql, experiment_id, field, begun, most);
  const told = found.map(({ value, runs }) => ({
    text: completedValue(value, listed),
    note: counted(runs, "run"),
  }));
  const isStatus = field.entity === "attribute" && field.key === "status";
  const others = isStatus ? runStatuses.filter((status) => !found.some(({ value }) => value === status)) : [];
  const begins = others.filter((status) => status.startsWith(begun.toUpperCase()));
  return [...told, ...begins.map((status) => ({ text: completedValue(status, listed), note: "no run" }))];
}
