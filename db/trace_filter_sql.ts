import type { Comparison, Field, Filter } from "../domain/filter/ast.ts";
import { comparisons, conjuncts } from "../domain/filter/ast.ts";
import { type Column, filterSql, type Fragment, joined, type Tables } from "./filter_sql.ts";
import type { Sql } from "./sql.ts";

const nameTag = "mlflow.traceName";
const runKey = "mlflow.sourceRun";

/** The condition that a filter means, on rows of weir.traces. Clauses on spans that stand side by side are about one span. */
export function traceFilterSql(sql: Sql, filter: Filter): Fragment {
  const clauses = conjuncts(filter);
  const ofSpan = clauses.filter((clause) => clause.kind === "comparison" && clause.field.entity === "span");
  const others = clauses.filter((clause) => !ofSpan.includes(clause));
  const conditions = others.map((clause) => filterSql(sql, clause, traceTables(sql)));
  if (ofSpan.length > 0) conditions.push(spanSql(sql, ofSpan.flatMap(comparisons)));
  return joined(sql, [...conditions, ...others.flatMap((clause) => ofRunSql(sql, clause))], sql` and `) ?? sql`true`;
}

/** Says nothing new of a clause on a run, but indexes can answer it. */
function ofRunSql(sql: Sql, clause: Filter): Fragment[] {
  if (clause.kind !== "comparison" || clause.operator !== "=") return [];
  const { field: { entity, key }, values: [run_id = ""] } = clause;
  if (entity !== "attribute" || key !== "run_id") return [];
  return [sql`(traces.metadata @> ${JSON.stringify({ [runKey]: run_id })}::text::jsonb
    or traces.trace_id = any(array(select r.trace_id from weir.trace_runs r where r.run_id = ${
    String(run_id)
  }::text)))`];
}

/** Whether there is one span for which all of this holds. */
function spanSql(sql: Sql, clauses: readonly Comparison[]): Fragment {
  const terms = clauses.map((clause): Filter => ({ ...clause, field: { ...clause.field, entity: "attribute" } }));
  const tables: Tables = { ...traceTables(sql), several: new Set(), attribute: (key) => spanColumn(sql, key) };
  return sql`exists (select from weir.spans s
    where s.trace_id = traces.trace_id and ${filterSql(sql, { kind: "and", terms }, tables)})`;
}

/** MLflow's client writes attributes as JSON: of a text the quotes do not count. */
function spanColumn(sql: Sql, key: string): Column {
  switch (key) {
    case "name":
      return { value: sql`s.name`, storage: "text" };
    case "type":
      return { value: sql`s.type`, storage: "text" };
    case "status":
      return { value: sql`s.status`, storage: "text" };
    case "content":
      return { value: sql`s.content::text`, storage: "text" };
    default: {
      const attribute = key.slice("attributes.".length).replaceAll(/^[`"']|[`"']$/g, "");
      return {
        value: sql`(select case when v.text like '"%"' then substr(v.text, 2, length(v.text) - 2) else v.text end
          from jsonb_array_elements(s.content -> 'attributes') a, lateral (select coalesce(
            a -> 'value' ->> 'stringValue', a -> 'value' ->> 'intValue', a -> 'value' ->> 'doubleValue',
            a -> 'value' ->> 'boolValue') as text) v
          where a ->> 'key' = ${attribute}::text limit 1)`,
        storage: "text",
      };
    }
  }
}

/** Where the fields of traces stand. */
const traceTables = (sql: Sql): Tables => ({
  attribute: (key) => traceColumn(sql, key),
  several: new Set(["run_id"]),
  pairs: (entity) => entity === "tag" ? sql`traces.tags` : sql`traces.metadata`,
  exists: ({ entity, key }, fits, operator = "=") => {
    if (entity === "attribute") return ofRuns(sql, fits);
    if (entity === "span") {
      const { value, storage } = spanColumn(sql, key);
      return sql`exists (select from weir.spans s
        where s.trace_id = traces.trace_id ${fits ? sql`and ${fits(value, storage)}` : sql``})`;
    }
    return said(sql, { entity, key }, fits, operator);
  },
});

type Fits = Parameters<Tables["exists"]>[1];

/** The run that made a trace, and those that it was linked to. */
const ofRuns = (sql: Sql, fits: Fits): Fragment =>
  sql`exists (select from (
      select traces.metadata ->> ${runKey}::text as run_id
      union all select l.run_id from weir.trace_runs l where l.trace_id = traces.trace_id) r
    where r.run_id is not null ${fits ? sql`and ${fits(sql`r.run_id`, "text")}` : sql``})`;

/**
 * Whether an assessment says so. Its value is compared as text, which a number may be in two ways: MLflow has whole numbers with a
 * ".0". Issues go by their names alone.
 */
function said(
  sql: Sql,
  { entity, key }: Pick<Field, "entity" | "key">,
  fits: Fits,
  operator: Comparison["operator"],
): Fragment {
  const of = (condition: Fragment) =>
    sql`exists (select from weir.assessments a where a.trace_id = traces.trace_id and ${condition})`;
  if (entity === "issue") return of(sql`a.kind = 'issue' ${fits ? sql`and ${fits(sql`a.name`, "text")}` : sql``}`);
  const named = sql`a.kind = ${entity}::text and a.name = ${key}::text and a.valid`;
  if (!fits) return of(named);
  if (["<", "<=", ">", ">="].includes(operator)) {
    return of(
      sql`${named} and ${fits(sql`(case when jsonb_typeof(a.value) = 'number' then a.value::float8 end)`, "double")}`,
    );
  }
  const plain = fits(sql`(a.value #>> '{}')`, "text");
  const json = fits(
    sql`(case when a.value::text ~ '^-?[0-9]+$' then a.value::text || '.0' else a.value::text end)`,
    "text",
  );
  const negative = operator === "!=" || operator.startsWith("NOT");
  return of(negative ? sql`${named} and ${plain} and ${json}` : sql`${named} and (${plain} or ${json})`);
}

/** The column of an attribute, by which traces may also be sorted. */
export function traceColumn(sql: Sql, key: string): Column {
  switch (key) {
    case "client_request_id":
      return { value: sql`traces.client_request_id`, storage: "text" };
    case "status":
      return { value: sql`traces.state`, storage: "text" };
    case "name":
      return {
        value: sql`(traces.tags ->> ${nameTag}::text)`,
        storage: "text",
        implied: (names) =>
          sql`traces.tags @> any(${names.map((name) => JSON.stringify({ [nameTag]: name }))}::text[]::jsonb[])`,
      };
    case "run_id":
      return { value: sql`(traces.metadata ->> ${runKey}::text)`, storage: "text" };
    case "experiment_id":
      return { value: sql`traces.experiment_id`, storage: "bigint" };
    case "timestamp_ms":
      return { value: sql`traces.request_time`, storage: "bigint" };
    case "execution_time_ms":
      return { value: sql`traces.execution_duration`, storage: "bigint" };
    case "end_time_ms":
      return { value: sql`(traces.request_time + coalesce(traces.execution_duration, 0))`, storage: "bigint" };
    default:
      return { value: sql`traces.trace_id`, storage: "text" };
  }
}
