import type { Attribute, OtlpSpan, SpanBatch } from "../domain/otlp.ts";
import {
  deriveTrace,
  spanType,
  totalUsage,
  traceFolder,
  traceNames,
  usageKinds,
  type UsageNode,
} from "../domain/traces.ts";
import { getExperiment } from "./experiments.ts";
import { type Sql, transaction } from "./sql.ts";

/** A trace's id by MLflow's rule. */
export const traceIdOf = (span: OtlpSpan): string => `tr-${span.traceId}`;

/**
 * Stores spans, all or none; one that is there already is replaced. A trace that is not known yet is made, of what its spans say.
 * RESOURCE_DOES_NOT_EXIST for an unknown experiment.
 */
export async function storeSpans(sql: Sql, experiment_id: string, batches: readonly SpanBatch[]): Promise<void> {
  const spans = batches.flatMap((batch) => batch.spans.map((span) => ({ span, resource: batch.resource })));
  if (spans.length === 0) return;
  const experiment = await getExperiment(sql, experiment_id);
  const traces = [...Map.groupBy(spans, ({ span }) => traceIdOf(span))]
    // In one order, so that requests that hold the same traces do not wait for each other in a circle.
    .sort(([a], [b]) => a < b ? -1 : 1);
  await transaction(sql, async (tx) => {
    for (const [trace_id, parts] of traces) {
      const own = parts.map(({ span }) => span);
      await mergeTrace(tx, experiment, trace_id, own, parts[0]?.resource ?? []);
      await insertSpans(tx, trace_id, own);
      await sumUsage(tx, trace_id, own);
    }
  });
}

async function mergeTrace(
  tx: Sql,
  { experiment_id, artifact_location }: { experiment_id: string; artifact_location: string },
  trace_id: string,
  spans: readonly OtlpSpan[],
  resource: readonly Attribute[],
): Promise<void> {
  const derived = deriveTrace(spans, resource);
  const tags = { ...derived.tags, [traceNames.artifactLocation]: traceFolder(artifact_location, trace_id) };
  // What was said of the trace itself, or first, stays.
  await tx`
    insert into weir.traces (trace_id, experiment_id, request_time, execution_duration, state, request_preview,
      response_preview, tags, metadata)
    values (${trace_id}, ${experiment_id}::bigint, ${derived.request_time}, ${derived.execution_duration},
      ${derived.state}, ${derived.request_preview}, ${derived.response_preview}, ${tx.json(tags)},
      ${tx.json(derived.metadata)})
    on conflict (trace_id) do update set
      request_time = case when traces.finalized then traces.request_time
        else least(traces.request_time, excluded.request_time) end,
      execution_duration = case when traces.finalized then traces.execution_duration
        else greatest(traces.request_time + traces.execution_duration, excluded.request_time + excluded.execution_duration)
          - least(traces.request_time, excluded.request_time) end,
      state = case when traces.state in ('IN_PROGRESS', 'STATE_UNSPECIFIED') and excluded.state <> 'IN_PROGRESS'
        then excluded.state else traces.state end,
      request_preview = coalesce(traces.request_preview, excluded.request_preview),
      response_preview = coalesce(traces.response_preview, excluded.response_preview),
      tags = excluded.tags || traces.tags
        || jsonb_build_object(${traceNames.spansLocation}::text, excluded.tags -> ${traceNames.spansLocation}),
      metadata = excluded.metadata || traces.metadata`;
}

const statuses = ["UNSET", "OK", "ERROR"];

async function insertSpans(tx: Sql, trace_id: string, spans: readonly OtlpSpan[]): Promise<void> {
  // Of two with one id the later counts.
  const rows = [...new Map(spans.map((span) => [span.spanId, span])).values()].map((span) => ({
    span_id: span.spanId,
    parent_id: span.parentSpanId ?? null,
    name: span.name,
    type: spanType(span),
    status: statuses[span.status.code] ?? "UNSET",
    start_ns: span.startTimeUnixNano,
    end_ns: span.endTimeUnixNano ?? null,
    content: JSON.stringify(span),
  }));
  await tx`
    insert into weir.spans (trace_id, span_id, parent_id, name, type, status, start_ns, end_ns, content)
    select ${trace_id}, span_id, parent_id, name, type, status, start_ns, end_ns, content::jsonb
    from jsonb_to_recordset(${tx.json(rows)}) as span (span_id text, parent_id text, name text, type text, status text,
      start_ns numeric, end_ns numeric, content text)
    on conflict (trace_id, span_id) do update set parent_id = excluded.parent_id, name = excluded.name,
      type = excluded.type, status = excluded.status, start_ns = excluded.start_ns, end_ns = excluded.end_ns,
      content = excluded.content`;
}

/** Sums tokens and costs over the trace, where these spans told some and the trace's info did not. */
async function sumUsage(tx: Sql, trace_id: string, spans: readonly OtlpSpan[]): Promise<void> {
  for (const { attribute, metadata, keys } of usageKinds) {
    if (!spans.some((span) => span.attributes.some(({ key }) => key === attribute))) continue;
    const nodes = await tx<UsageNode[]>`
      select span_id, parent_id,
        jsonb_path_query_first(content, '$.attributes[*] ? (@.key == $key).value', ${
      tx.json({ key: attribute })
    }) as usage
      from weir.spans where trace_id = ${trace_id}`;
    const total = totalUsage(nodes, keys);
    if (total === undefined) continue;
    await tx`
      update weir.traces set metadata = metadata || ${tx.json({ [metadata]: total })}
      where trace_id = ${trace_id} and not (finalized and metadata ? ${metadata}::text)`;
  }
}

/** The spans of traces, roots first, then by start. */
export async function spansOf(sql: Sql, trace_ids: readonly string[]): Promise<Map<string, OtlpSpan[]>> {
  const rows = await sql<{ trace_id: string; content: OtlpSpan }[]>`
    select trace_id, content from weir.spans where trace_id = any(${[...trace_ids]}::text[])
    order by trace_id, parent_id is not null, start_ns, span_id`;
  return new Map(
    [...Map.groupBy(rows, ({ trace_id }) => trace_id)].map(([id, of]) => [id, of.map((row) => row.content)]),
  );
}
