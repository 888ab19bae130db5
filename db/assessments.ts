import type { Assessment, AssessmentChange, AssessmentKind, NewAssessment } from "../domain/assessments.ts";
import { ApiError, invalid, notFound } from "../domain/errors.ts";
import { newAssessmentId } from "../domain/ids.ts";
import type { Fragment } from "./filter_sql.ts";
import { type Sql, transaction } from "./sql.ts";
import { unknownTrace } from "./trace_rows.ts";

/** Assessments of traces. */

const columns = (sql: Sql): Fragment =>
  sql`assessment_id, trace_id, span_id, name, source_type, source_id, kind, value::text as value, rationale, error, metadata,
    overrides, valid, create_time, last_update_time`;

const missingAssessment = (trace_id: string, assessment_id: string): ApiError =>
  notFound(`Assessment with ID '${assessment_id}' not found for trace '${trace_id}'`);

/**
 * Stores an assessment; what it overrides is no longer valid. `now` in milliseconds since the epoch. RESOURCE_DOES_NOT_EXIST when
 * there is no such trace, or nothing to override in it; RESOURCE_ALREADY_EXISTS when the id is taken.
 */
export async function createAssessment(
  sql: Sql,
  trace_id: string,
  assessment: NewAssessment,
  now: number,
): Promise<Assessment> {
  return await transaction(sql, async (tx) => {
    const [trace] = await tx`select from weir.traces where trace_id = ${trace_id} for key share`;
    if (trace === undefined) throw unknownTrace(trace_id);
    if (assessment.overrides !== null) await override(tx, trace_id, assessment.overrides);
    const [stored] = await tx<Assessment[]>`
      insert into weir.assessments ${values(tx, trace_id, assessment, now)}
      on conflict (assessment_id) do nothing returning ${columns(tx)}`;
    if (stored) return stored;
    throw new ApiError("RESOURCE_ALREADY_EXISTS", `Assessment with ID '${assessment.assessment_id}' already exists.`);
  });
}

/** Stores the assessments that came with a trace which is there. Those that are known already by their ids stay as they are. */
export async function addAssessments(
  tx: Sql,
  trace_id: string,
  assessments: readonly NewAssessment[],
  now: number,
): Promise<void> {
  for (const assessment of assessments) {
    await tx`insert into weir.assessments ${
      values(tx, trace_id, assessment, now)
    } on conflict (assessment_id) do nothing`;
  }
}

async function override(tx: Sql, trace_id: string, assessment_id: string): Promise<void> {
  const [overridden] = await tx`
    update weir.assessments set valid = false
    where trace_id = ${trace_id} and assessment_id = ${assessment_id} returning assessment_id`;
  if (overridden === undefined) throw missingAssessment(trace_id, assessment_id);
}

function values(sql: Sql, trace_id: string, assessment: NewAssessment, now: number): Fragment {
  const { span_id, name, source_type, source_id, kind, value, rationale, error, metadata, overrides } = assessment;
  return sql`
    (assessment_id, trace_id, span_id, name, source_type, source_id, kind, value, rationale, error, metadata, overrides,
      create_time, last_update_time)
    values (${
    assessment.assessment_id ?? newAssessmentId()
  }, ${trace_id}, ${span_id}, ${name}, ${source_type}, ${source_id},
      ${kind}, ${value}::text::jsonb, ${rationale}, ${error && JSON.stringify(error)}::text::jsonb,
      ${metadata && JSON.stringify(metadata)}::text::jsonb, ${overrides}, ${assessment.create_time ?? now}, ${now})`;
}

/** RESOURCE_DOES_NOT_EXIST when there is no such assessment of the trace, or no such trace. */
export async function getAssessment(
  sql: Sql,
  trace_id: string,
  assessment_id: string,
  lock = false,
): Promise<Assessment> {
  const [found] = await sql<Assessment[]>`
    select ${columns(sql)} from weir.assessments
    where trace_id = ${trace_id} and assessment_id = ${assessment_id} ${lock ? sql`for update` : sql``}`;
  if (found) return found;
  const [trace] = await sql`select from weir.traces where trace_id = ${trace_id}`;
  throw trace ? missingAssessment(trace_id, assessment_id) : notFound(`Trace with request_id '${trace_id}' not found`);
}

/** The assessments of traces, those made first first. */
export async function assessmentsOf(sql: Sql, trace_ids: readonly string[]): Promise<Map<string, Assessment[]>> {
  const rows = await sql<Assessment[]>`
    select ${columns(sql)} from weir.assessments where trace_id = any(${[...trace_ids]}::text[])
    order by create_time, assessment_id`;
  return Map.groupBy(rows, ({ trace_id }) => trace_id);
}

const kindNames: Readonly<Record<AssessmentKind, string>> = {
  feedback: "a Feedback",
  expectation: "an Expectation",
  issue: "an IssueReference",
};

/**
 * Changes an assessment; metadata joins what is there. `now` in milliseconds since the epoch. RESOURCE_DOES_NOT_EXIST when there is
 * none, INVALID_PARAMETER_VALUE when feedback would become an expectation or the other way round.
 */
export async function updateAssessment(
  sql: Sql,
  trace_id: string,
  assessment_id: string,
  change: AssessmentChange,
  now: number,
): Promise<Assessment> {
  return await transaction(sql, async (tx) => {
    const before = await getAssessment(tx, trace_id, assessment_id, true);
    const { said = before } = change;
    if (said.kind !== before.kind) {
      throw invalid(`Cannot update ${said.kind} value on ${kindNames[before.kind]} assessment.`);
    }
    const metadata = before.metadata || change.metadata ? { ...before.metadata, ...change.metadata } : null;
    const [after] = await tx<Assessment[]>`
      update weir.assessments set name = ${change.name ?? before.name}, value = ${said.value}::text::jsonb,
        error = ${said.error && JSON.stringify(said.error)}::text::jsonb, rationale = ${
      change.rationale ?? before.rationale
    },
        metadata = ${metadata && JSON.stringify(metadata)}::text::jsonb, last_update_time = ${now}
      where assessment_id = ${assessment_id} returning ${columns(tx)}`;
    return after ?? before;
  });
}

/** Deletes an assessment, if there is one; what it did override is valid again. */
export async function deleteAssessment(sql: Sql, trace_id: string, assessment_id: string): Promise<void> {
  await sql`
    with gone as (
      delete from weir.assessments where trace_id = ${trace_id} and assessment_id = ${assessment_id} returning overrides
    )
    update weir.assessments set valid = true
    where trace_id = ${trace_id} and assessment_id in (select overrides from gone)`;
}
