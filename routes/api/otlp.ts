import type { Context, Hono } from "hono";
import { storeSpans, traceIdOf } from "../../db/spans.ts";
import { linkTraces } from "../../db/traces.ts";
import { ApiError } from "../../domain/errors.ts";
import { parseJson } from "../../domain/json.ts";
import { OtlpError, type SpanBatch } from "../../domain/otlp.ts";
import { readJsonSpans } from "../../domain/otlp_json.ts";
import { readProtobufSpans } from "../../domain/otlp_protobuf.ts";
import { edit } from "../../domain/permissions.ts";
import { authorize } from "../caller.ts";
import type { Services } from "../services.ts";

/** Bytes of a request, compressed or not. */
const largestBody = 64 * 1024 * 1024;

/** Takes spans as every exporter of OpenTelemetry sends them, with the experiment's id in a header. */
export function mountOtlp(app: Hono, services: Services): void {
  app.post("/v1/traces", async (context) => {
    authorize(edit.experiment, context);
    try {
      return await takeSpans(context, services);
    } catch (error) {
      if (error instanceof Refusal) return Response.json({ detail: error.detail }, { status: error.status });
      throw error;
    }
  });
}

/** An answer in the form of FastAPI, which MLflow uses here. */
class Refusal extends Error {
  constructor(readonly status: 400 | 422, readonly detail: unknown) {
    super("refused");
  }
}

async function takeSpans(context: Context, services: Services): Promise<Response> {
  const experiment_id = context.req.header("x-mlflow-experiment-id");
  if (experiment_id === undefined) throw missingHeader("x-mlflow-experiment-id");
  const type = context.req.header("content-type");
  const mediaType = type?.split(";")[0]?.trim();
  if (mediaType !== "application/x-protobuf" && mediaType !== "application/json") {
    throw new Refusal(
      400,
      `Invalid Content-Type: ${type ?? "None"}. Expected: application/x-protobuf or application/json`,
    );
  }
  const body = await readBody(context);
  const batches = readSpans(() =>
    mediaType === "application/json"
      ? readJsonSpans(parseJson(new TextDecoder("utf-8", { fatal: true }).decode(body), true))
      : readProtobufSpans(body)
  );
  if (batches.length === 0) throw new Refusal(400, "Invalid OpenTelemetry format - no spans found");
  await storeSpans(services.sql, experiment_id, batches);
  await linkRoots(services, batches, context.req.header("x-mlflow-run-id"));
  return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
}

const missingHeader = (name: string): Refusal =>
  new Refusal(422, [{ type: "missing", loc: ["header", name], msg: "Field required", input: null }]);

function readSpans(read: () => SpanBatch[]): SpanBatch[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof OtlpError && error.what === "span") {
      throw new Refusal(422, "Cannot convert OpenTelemetry span to MLflow span");
    }
    if (error instanceof OtlpError || error instanceof SyntaxError || error instanceof TypeError) {
      throw new Refusal(400, "Invalid OpenTelemetry format");
    }
    throw error;
  }
}

/** Links the traces whose roots these are to a run. That there is no such run does not matter: the spans are stored. */
async function linkRoots({ sql }: Services, batches: readonly SpanBatch[], run_id: string | undefined): Promise<void> {
  if (!run_id) return;
  const roots = batches.flatMap(({ spans }) => spans).filter(({ parentSpanId }) => parentSpanId === undefined);
  await linkTraces(sql, roots.map(traceIdOf), run_id).catch((error) => {
    if (!(error instanceof ApiError)) throw error;
  });
}

const formats = { gzip: ["gzip"], deflate: ["deflate", "deflate-raw"] } as const;

async function readBody(context: Context): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = context.req.header("content-encoding")?.toLowerCase() ?? "";
  const body = await readAll(context.req.raw.body ?? new Blob().stream());
  if (encoding === "") return body;
  if (encoding !== "gzip" && encoding !== "deflate") {
    throw new Refusal(400, `Unsupported Content-Encoding: ${context.req.header("content-encoding")}`);
  }
  for (const format of formats[encoding]) {
    try {
      return await readAll(new Blob([body]).stream().pipeThrough(new DecompressionStream(format)));
    } catch (error) {
      if (error instanceof Refusal) throw error;
    }
  }
  throw new Refusal(400, `Failed to decompress ${encoding} payload`);
}

async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > largestBody) throw new Refusal(400, `The request body is larger than ${largestBody} bytes.`);
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
