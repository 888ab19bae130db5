import type postgres from "postgres";
import type { Comparison, Field, Filter } from "../domain/filter/ast.ts";
import type { Sql } from "./sql.ts";

/** The one translation of filters to SQL. A filter's strings and numbers only ever become parameters. */

/** A piece of a statement. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

export type Storage = "text" | "bigint" | "double";

export interface Column {
  readonly value: Fragment;
  readonly storage: Storage;
  /** What else is true of a row that has one of these values, where an index answers it. */
  readonly implied?: (values: readonly string[]) => Fragment;
}

/** Where the fields of one kind of thing stand. */
export interface Tables {
  /** The column of an attribute. */
  attribute(key: string): Column;
  /** The JSONB column of params, tags or metadata. */
  pairs(entity: "parameter" | "tag" | "metadata"): Fragment;
  /** The attributes that stand in another table, with any number of values each. */
  readonly several?: ReadonlySet<string>;
  /** Whether another table has a row of this thing for the field, with a value that fits. */
  exists(
    field: Field,
    fits?: (value: Fragment, storage: Storage) => Fragment,
    operator?: Comparison["operator"],
  ): Fragment;
  /** A metric whose row is joined already, so that its value is at hand and there. */
  readonly joined?: { readonly key: string; readonly value: Fragment } | undefined;
}

/** A condition; null counts as false. */
export function filterSql(sql: Sql, filter: Filter, tables: Tables): Fragment {
  switch (filter.kind) {
    case "comparison":
      return comparisonSql(sql, filter, tables);
    case "and":
      return joined(sql, filter.terms.map((term) => filterSql(sql, term, tables)), sql` and `) ?? sql`true`;
    case "or": {
      const either = joined(sql, filter.terms.map((term) => filterSql(sql, term, tables)), sql` or `);
      return either ? sql`(${either})` : sql`false`;
    }
    case "not":
      return negated(sql, filter.term, tables);
  }
}

/** Fragments with a separator between them. */
export function joined(sql: Sql, fragments: readonly Fragment[], separator: Fragment): Fragment | undefined {
  const [first, ...rest] = fragments;
  return first && rest.reduce((all, one) => sql`${all}${separator}${one}`, first);
}

/** What does not match, where null does not either. Postgres turns `not exists`, but no other form of it, into an anti join. */
function negated(sql: Sql, term: Filter, tables: Tables): Fragment {
  const positive = filterSql(sql, term, tables);
  return term.kind === "comparison" && isElsewhere(term.field, tables)
    ? sql`not ${positive}`
    : sql`(${positive}) is not true`;
}

const inPairs = new Set(["parameter", "tag", "metadata"]);

const isElsewhere = ({ entity, key }: Field, { several }: Tables): boolean =>
  entity === "attribute" ? several?.has(key) === true : !inPairs.has(entity);

function comparisonSql(sql: Sql, comparison: Comparison, tables: Tables): Fragment {
  const { field, operator } = comparison;
  if (field.entity === "parameter" || field.entity === "tag" || field.entity === "metadata") {
    return pairSql(sql, comparison, tables.pairs(field.entity));
  }
  if (!isElsewhere(field, tables)) {
    const { value, storage, implied } = tables.attribute(field.key);
    const condition = conditionSql(sql, comparison, value, storage);
    const hasImplied = implied && (operator === "=" || operator === "IN");
    return hasImplied ? sql`(${condition} and ${implied(comparison.values.map(String))})` : condition;
  }
  if (field.entity === "metric" && tables.joined?.key === field.key) {
    return conditionSql(sql, comparison, tables.joined.value, "double");
  }
  if (operator === "IS NULL") return sql`not ${tables.exists(field)}`;
  if (operator === "IS NOT NULL") return tables.exists(field);
  return tables.exists(field, (value, storage) => conditionSql(sql, comparison, value, storage), operator);
}

/** Equality goes by containment, which the GIN indexes answer. */
function pairSql(sql: Sql, comparison: Comparison, column: Fragment): Fragment {
  const { field: { key }, operator, values } = comparison;
  const pairs = values.map((value) => JSON.stringify({ [key]: value }));
  switch (operator) {
    case "=":
      return sql`${column} @> ${pairs[0] ?? "{}"}::text::jsonb`;
    case "IN":
      return sql`${column} @> any(${pairs}::text[]::jsonb[])`;
    case "IS NULL":
      return sql`not ${column} ? ${key}::text`;
    case "IS NOT NULL":
      return sql`${column} ? ${key}::text`;
    default:
      return conditionSql(sql, comparison, sql`(${column} ->> ${key}::text)`, "text");
  }
}

function conditionSql(sql: Sql, { operator, values }: Comparison, value: Fragment, storage: Storage): Fragment {
  if (operator === "IS NULL") return sql`${value} is null`;
  if (operator === "IS NOT NULL") return sql`${value} is not null`;
  if (storage === "text") return textSql(sql, operator, values.map(String), value);
  const numbers = values.filter((one) => typeof one === "number");
  return storage === "bigint" ? integerSql(sql, operator, numbers, value) : doubleSql(sql, operator, numbers, value);
}

function textSql(sql: Sql, operator: Comparison["operator"], values: string[], value: Fragment): Fragment {
  const [first = "", second = ""] = values;
  switch (operator) {
    case "=":
      return sql`${value} = ${first}::text`;
    case "!=":
      return sql`${value} <> ${first}::text`;
    case "IN":
      return sql`${value} = any(${values}::text[])`;
    case "NOT IN":
      return sql`${value} <> all(${values}::text[])`;
    case "LIKE":
      return sql`${value} like ${first}::text`;
    case "RLIKE":
      return sql`${value} ~ ${first}::text`;
    case "NOT LIKE":
      return sql`${value} not like ${first}::text`;
    case "ILIKE":
      return sql`${value} ilike ${first}::text`;
    case "NOT ILIKE":
      return sql`${value} not ilike ${first}::text`;
    case "BETWEEN":
      return sql`${value} collate "C" between ${first}::text and ${second}::text`;
    case "NOT BETWEEN":
      return sql`${value} collate "C" not between ${first}::text and ${second}::text`;
    default:
      return sql`false`;
  }
}

/** Postgres holds NaN to be equal to itself and above every number; here only != and NOT IN are true of it. */
function doubleSql(sql: Sql, operator: Comparison["operator"], numbers: number[], value: Fragment): Fragment {
  const [first = NaN, second = NaN] = numbers;
  switch (operator) {
    case "=":
      return sql`${value} = ${first}::float8`;
    case "!=":
      return sql`${value} <> ${first}::float8`;
    case "<":
      return sql`${value} < ${first}::float8`;
    case "<=":
      return sql`${value} <= ${first}::float8`;
    case ">":
      return sql`(${value} > ${first}::float8 and ${value} < 'NaN')`;
    case ">=":
      return sql`(${value} >= ${first}::float8 and ${value} < 'NaN')`;
    case "IN":
      return sql`${value} = any(${numbers}::float8[])`;
    case "NOT IN":
      return sql`${value} <> all(${numbers}::float8[])`;
    case "BETWEEN":
      return sql`${value} between ${first}::float8 and ${second}::float8`;
    case "NOT BETWEEN":
      return sql`(${value} < ${first}::float8 or ${value} > ${second}::float8 and ${value} < 'NaN')`;
    default:
      return sql`false`;
  }
}

/** Every int64 of the protocol is a safe integer, so these two stand for everything beyond. */
const clamp = (value: number): number => Math.max(-(2 ** 53), Math.min(2 ** 53, value));
const floor = (value: number): number => clamp(Math.floor(value));
const ceil = (value: number): number => clamp(Math.ceil(value));

/** Fractions become the integers next to them, so that the column is compared as it is indexed. */
function integerSql(sql: Sql, operator: Comparison["operator"], numbers: number[], value: Fragment): Fragment {
  const [first = NaN, second = NaN] = numbers;
  const integers = numbers.filter(Number.isInteger).map(clamp);
  switch (operator) {
    case "=":
    case "IN":
      return sql`${value} = any(${integers}::bigint[])`;
    case "!=":
    case "NOT IN":
      // Null differs from all of no values at all.
      return integers.length > 0 ? sql`${value} <> all(${integers}::bigint[])` : sql`${value} is not null`;
    case "<":
      return sql`${value} < ${ceil(first)}::bigint`;
    case "<=":
      return sql`${value} <= ${floor(first)}::bigint`;
    case ">":
      return sql`${value} > ${floor(first)}::bigint`;
    case ">=":
      return sql`${value} >= ${ceil(first)}::bigint`;
    case "BETWEEN":
      return sql`${value} between ${ceil(first)}::bigint and ${floor(second)}::bigint`;
    case "NOT BETWEEN":
      return sql`${value} not between ${ceil(first)}::bigint and ${floor(second)}::bigint`;
    default:
      return sql`false`;
  }
}
