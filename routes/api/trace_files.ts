import type { Context, Hono } from "hono";
import { getExperiment } from "../../db/experiments.ts";
import { spansOf } from "../../db/spans.ts";
import { getTraces } from "../../db/traces.ts";
import { ApiError, invalid, notFound } from "../../domain/errors.ts";
import { printJson } from "../../domain/json.ts";
import { read } from "../../domain/permissions.ts";
import { fileSpan } from "../../domain/span_json.ts";
import { traceFolder } from "../../domain/traces.ts";
import { parseMessage } from "../../wire/message.ts";
import { GetTraceArtifact } from "../../wire/traces.ts";
import { artifactPlace, joinPaths } from "../artifact_place.ts";
import { download } from "../download.ts";
import { authorize } from "../caller.ts";
import type { Services } from "../services.ts";

/** Serves the spans of a trace as a file, and the files attached to them, as MLflow's pages ask for them. */
export function mountTraceFiles(app: Hono, services: Services): void {
  for (const version of ["2.0", "3.0"]) {
    app.get(`/ajax-api/${version}/mlflow/get-trace-artifact`, (context) => {
      authorize(read.trace, context);
      return traceFile(context, services);
    });
  }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function traceFile(context: Context, services: Services): Promise<Response> {
  const { request_id, path } = parseMessage(GetTraceArtifact, context.req.query());
  if (request_id === "") {
    throw new ApiError("BAD_REQUEST", 'Request must include the "request_id" query parameter.');
  }
  if (path !== "" && !uuid.test(path)) {
    throw invalid(`Invalid attachment path: '${path}'. Attachment path must be a valid UUID.`);
  }
  const [trace] = await getTraces(services.sql, [request_id]);
  if (!trace) throw notFound(`Trace with ID ${request_id} is not found.`);
  const spans = path === "" ? (await spansOf(services.sql, [request_id])).get(request_id) : undefined;
  if (spans) return spansFile(printJson({ spans: spans.map(fileSpan) }));
  // Not where its tag says, which users may set.
  const { artifact_location } = await getExperiment(services.sql, String(trace.experiment_id));
  const { store, folder } = await artifactPlace(services, traceFolder(artifact_location, request_id));
  return await download(store, joinPaths(folder, path === "" ? "traces.json" : `attachments/${path}`), context.req.raw);
}

const spansFile = (json: string): Response =>
  new Response(json, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": "attachment; filename=traces.json",
      "x-content-type-options": "nosniff",
    },
  });
