import { compareInt64 } from "./int64.ts";
import type { Experiment, LoggedModel, ModelMetric, ModelVersion, RegisteredModel, Run } from "./entities.ts";
import { invalid } from "./errors.ts";
import type { Field } from "./filter/ast.ts";
import { type Dialect, keyTable, resolve } from "./filter/dialect.ts";
import { experimentDialect, experimentValues } from "./filter/experiments.ts";
import { type DatasetFilter, loggedModelDialect, loggedModelValues } from "./filter/logged_models.ts";
import { modelVersionDialect, modelVersionValues } from "./filter/model_versions.ts";
import { registeredModelValues } from "./filter/registered_models.ts";
import { runDialect, runValues } from "./filter/runs.ts";
import { checkText, needsQuotes, type Token, tokenize } from "./filter/tokens.ts";
import { compareValues } from "./values.ts";

/** One thing to sort by. `dataset` restricts the metric of a logged model. */
export interface OrderTerm {
  readonly field: Field;
  readonly ascending: boolean;
  readonly dataset?: Partial<DatasetFilter>;
}

/** Each metric in an order is a join: more than this nobody means. */
const mostTerms = 20;

/** What a thing has for each term of an order; null where it is missing. Values come first, then NaN, then null. */
export type OrderKey = (string | number | null)[];

const string = (key: string): Field => ({ entity: "attribute", key, type: "string" });
const number = (key: string): Field => ({ entity: "attribute", key, type: "number" });

const same = (a: Field, b: Field): boolean => a.entity === b.entity && a.key === b.key;
const has = (order: readonly OrderTerm[], field: Field): boolean => order.some((term) => same(term.field, field));

/** The terms that an order still needs, so that no two things are equal in it. */
export const completed = (order: readonly OrderTerm[], last: readonly OrderTerm[]): OrderTerm[] => [
  ...order,
  ...last.filter((term) => !has(order, term.field)),
];

const isKey = (token: Token): boolean => ["name", "quoted", "double"].includes(token.kind) && !needsQuotes(token);

/** The field that a name in an order means. 400 in MLflow's words when there is none. */
type FieldOf = (name: string) => Field;

/** "metrics.loss DESC", one `order_by` of a search. 400 in MLflow's words for anything else. */
function parseClause(clause: string, fieldOf: FieldOf): OrderTerm {
  const [name, direction, ...rest] = tokenize(clause).filter((token) => token.kind !== "end");
  if (name === undefined || rest.length > 0 || !isKey(name)) {
    throw invalid(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  }
  const way = direction?.text.toLowerCase() ?? "asc";
  if (way !== "asc" && way !== "desc") throw invalid(`Invalid ordering key in order_by clause '${clause}'.`);
  return { field: fieldOf(name.text), ascending: way === "asc" };
}

export const fieldIn = (dialect: Dialect): FieldOf => (name) => {
  const resolved = resolve(name, dialect);
  if (typeof resolved === "string") throw invalid(resolved);
  return resolved.field;
};

function checkCount(clauses: readonly unknown[]): void {
  if (clauses.length > mostTerms) throw invalid(`\`order_by\` has too many fields: at most ${mostTerms}.`);
}

/** Of equal fields the first. */
const distinct = (order: readonly OrderTerm[]): OrderTerm[] =>
  order.filter((term, index) => !has(order.slice(0, index), term.field));

function readClauses(clauses: readonly string[], fieldOf: FieldOf): OrderTerm[] {
  checkCount(clauses);
  return clauses.map((clause) => parseClause(clause, fieldOf));
}

export function parseClauses(clauses: readonly string[], fieldOf: FieldOf): OrderTerm[] {
  const order = readClauses(clauses, fieldOf);
  if (distinct(order).length === order.length) return order;
  throw invalid(`\`order_by\` contains duplicate fields: [${clauses.map((clause) => `'${clause}'`).join(", ")}]`);
}

/** The order of a runs search. Without any: newest first. */
export function parseRunOrder(clauses: readonly string[]): OrderTerm[] {
  const order = parseClauses(clauses, fieldIn(runDialect));
  if (order.some((term) => term.field.entity === "dataset")) throw invalid("Invalid identifier type 'dataset'");
  return completed(order, [
    { field: number("start_time"), ascending: false },
    { field: string("run_id"), ascending: true },
  ]);
}

/**
 * The order of an experiments search. Without any: newest first, ids from the lowest; else ids from the highest. Of equal fields
 * the first counts, as in MLflow, which refuses them elsewhere.
 */
export function parseExperimentOrder(clauses: readonly string[]): OrderTerm[] {
  const id = number("experiment_id");
  const order = distinct(readClauses(clauses, fieldIn(experimentDialect))).map((term) =>
    same(term.field, id) ? { ...term, field: id } : term
  );
  if (order.some((term) => term.field.entity === "tag")) throw invalid("Invalid order_by entity: tag");
  if (order.length > 0) return completed(order, [{ field: id, ascending: false }]);
  return [{ field: number("creation_time"), ascending: false }, { field: id, ascending: true }];
}

/** One `order_by` of a logged models search. */
export interface ModelOrderBy {
  field_name?: string | undefined;
  ascending?: boolean | undefined;
  dataset_name?: string | undefined;
  dataset_digest?: string | undefined;
}

/** The order of a logged models search. Without any: newest first. Of equal fields the first counts. */
export function parseModelOrder(clauses: readonly ModelOrderBy[]): OrderTerm[] {
  checkCount(clauses);
  const order: OrderTerm[] = [];
  for (const clause of clauses) {
    const term = modelTerm(clause);
    if (term.field.entity === "metric" || !has(order, term.field)) order.push(term);
  }
  return completed(order, [
    { field: number("creation_timestamp_ms"), ascending: false },
    { field: string("model_id"), ascending: true },
  ]);
}

function modelTerm({ field_name = "", ascending = true, dataset_name, dataset_digest }: ModelOrderBy): OrderTerm {
  checkText(field_name);
  const resolved = resolve(field_name, loggedModelDialect);
  if (!field_name.includes(".")) {
    if (typeof resolved === "string") throw invalid(`Invalid order by field name: ${field_name}`);
    return { field: resolved.field, ascending };
  }
  if (typeof resolved === "string" || resolved.field.entity !== "metric") {
    throw invalid(`Invalid order by field name: ${field_name}. Only metrics are supported.`);
  }
  const dataset = { ...dataset_name && { dataset_name }, ...dataset_digest && { dataset_digest } };
  checkText(Object.values(dataset).join());
  const field: Field = { entity: "metric", key: field_name.slice(field_name.indexOf(".") + 1), type: "number" };
  return { field, ascending, dataset };
}

const registeredModelOrder: ReadonlyMap<string, Field> = new Map([
  ["name", string("name")],
  ["timestamp", number("last_updated_timestamp")],
  ["last_updated_timestamp", number("last_updated_timestamp")],
]);

/** The order of a registered models search. Without any: by name. */
export function parseRegisteredModelOrder(clauses: readonly string[]): OrderTerm[] {
  const order = parseClauses(clauses, (name) => {
    const field = registeredModelOrder.get(name.replaceAll(/^[`"]|[`"]$/g, ""));
    if (field !== undefined) return field;
    throw invalid(`Invalid order by key '${name}' specified. Valid keys are '{'name', 'timestamp'}'`);
  });
  return completed(order, [{ field: string("name"), ascending: true }]);
}

const versionOrder = keyTable(
  ["name", ...["version_number", "creation_timestamp", "last_updated_timestamp"].map(number)],
  { version: "version_number", timestamp: "last_updated_timestamp" },
);

/** The order of a model versions search. Without any: those changed last first. */
export function parseModelVersionOrder(clauses: readonly string[]): OrderTerm[] {
  const order = parseClauses(clauses, (name) => {
    const field = fieldIn({ ...modelVersionDialect, known: { attribute: versionOrder } })(name);
    if (field.entity === "attribute") return field;
    const keys = [...versionOrder.keys()].map((key) => `'${key}'`).join(", ");
    throw invalid(`Invalid order by key '${field.key}' specified. Valid keys are {${keys}}`);
  });
  const newest = order.length > 0 ? [] : [{ field: number("last_updated_timestamp"), ascending: false }];
  return completed([...order, ...newest], [
    { field: string("name"), ascending: true },
    { field: number("version_number"), ascending: false },
  ]);
}

export const runKey = (run: Run, order: readonly OrderTerm[]): OrderKey =>
  order.map(({ field }) => runValues(run, field)[0] ?? null);

export const experimentKey = (experiment: Experiment, order: readonly OrderTerm[]): OrderKey =>
  order.map(({ field }) => {
    const [value = null] = experimentValues(experiment, field);
    return field.type === "number" && value !== null ? Number(value) : value;
  });

export const modelKey = (model: LoggedModel, order: readonly OrderTerm[]): OrderKey =>
  order.map(({ field, dataset = {} }) => {
    if (field.entity !== "metric") return loggedModelValues(model, field)[0] ?? null;
    return newest((model.data.metrics ?? []).filter(({ key }) => key === field.key), dataset)?.value ?? null;
  });

/** Of a metric that a model has several values of, the newest counts. */
function newest(metrics: readonly ModelMetric[], dataset: Partial<DatasetFilter>): ModelMetric | undefined {
  const { dataset_name, dataset_digest } = dataset;
  return metrics
    .filter((metric) =>
      (dataset_name === undefined || metric.dataset_name === dataset_name) &&
      (dataset_digest === undefined || metric.dataset_digest === dataset_digest)
    )
    .toSorted((a, b) =>
      compareInt64(b.timestamp, a.timestamp) || compareInt64(b.step, a.step) ||
      compareValues(a.run_id ?? "", b.run_id ?? "")
    )
    .at(0);
}

export const registeredModelKey = (model: RegisteredModel, order: readonly OrderTerm[]): OrderKey =>
  order.map(({ field }) => registeredModelValues(model, field)[0] ?? null);

export const modelVersionKey = (version: ModelVersion, order: readonly OrderTerm[]): OrderKey =>
  order.map(({ field }) => modelVersionValues(version, field)[0] ?? null);

const rank = (value: string | number | null): number => value === null ? 2 : Number.isNaN(value) ? 1 : 0;

/** Which of two keys comes first, as a sort function wants to know it. */
export function compareKeys(a: OrderKey, b: OrderKey, order: readonly OrderTerm[]): number {
  for (const [index, { ascending }] of order.entries()) {
    const [one, other] = [a[index] ?? null, b[index] ?? null];
    const ranks = rank(one) - rank(other);
    if (ranks !== 0) return ranks;
    if (one === null || other === null || Number.isNaN(one)) continue;
    const difference = compareValues(one, other);
    if (difference !== 0) return ascending ? difference : -difference;
  }
  return 0;
}
