import type { Hono } from "hono";
import { compress } from "hono/compress";
import { read } from "../../domain/permissions.ts";
import { ApiReference } from "../../views/api_reference.tsx";
import { serverAddress } from "../../views/links.ts";
import { Files, Nothing } from "../../wire/answers.ts";
import { ZipArtifacts } from "../../wire/artifacts.ts";
import { LogBytes } from "../../wire/run_logs.ts";
import { MetricPicture, MetricPoints } from "../../wire/curves.ts";
import { message, text } from "../../wire/message.ts";
import { ExportRuns } from "../../wire/run_export.ts";
import { type OpenApi, openApi, type Operation, refusals } from "../../wire/openapi.ts";
import { authorize } from "../caller.ts";
import { addressOf, type Endpoint } from "../endpoint.ts";
import { sendPage } from "../html.tsx";
import { protocolVersion } from "../services.ts";

const description =
  `Weir speaks MLflow's REST protocol, version ${protocolVersion}: every MLflow client works against it. What MLflow
does not have stands below \`/api/weir/1/\`.

Whatever stands below \`/api/2.0/\` and \`/api/3.0/\` answers below \`/ajax-api/\` too. Bodies are JSON with the type
\`application/json\`; fields of GET requests stand in the query, lists as a field given several times. Field names may be
written in camelCase as well, unknown ones are ignored, and null is the same as leaving a field out. Integers may be decimal text,
and doubles numeric text, \`"NaN"\`, \`"Infinity"\` or \`"-Infinity"\`. No text may hold NUL characters or halves of surrogate
pairs. An answer of 200 to a write means that it is on disk.

Errors have a status other than 200 and MLflow's form: \`{"error_code": "…", "message": "…"}\`.`;

const inFile = message({ path: text });
const fileOfRun = message({ run_id: text, path: text });

/** Requests that carry files, mounted by `artifacts.ts`. */
export const fileOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/api/2.0/mlflow-artifacts/artifacts",
    tag: "artifacts",
    summary: "Lists the files and folders in a folder of the server's own artifact store.",
    input: message({ path: text.exactOptional() }),
    output: Files.pick({ files: true }),
  },
  {
    method: "GET",
    path: "/api/2.0/mlflow-artifacts/artifacts/{path}",
    tag: "artifacts",
    summary: "Answers a file of the server's own artifact store; `Range` asks for a part. The path may have slashes.",
    input: inFile,
    output: "file",
  },
  {
    method: "PUT",
    path: "/api/2.0/mlflow-artifacts/artifacts/{path}",
    tag: "artifacts",
    summary: "Stores a file.",
    input: inFile,
    takesFile: true,
    output: Nothing,
  },
  {
    method: "DELETE",
    path: "/api/2.0/mlflow-artifacts/artifacts/{path}",
    tag: "artifacts",
    summary: "Deletes a file, or a folder with all that is in it.",
    input: inFile,
    output: Nothing,
  },
  {
    method: "GET",
    path: "/get-artifact",
    tag: "artifacts",
    summary: "Answers a file of a run's artifacts.",
    input: message({ run_id: text.exactOptional(), run_uuid: text.exactOptional(), path: text }),
    output: "file",
  },
  {
    method: "GET",
    path: "/get-artifact-zip",
    tag: "artifacts",
    summary: "Answers a folder as a zip file: of a run, of a logged model, or of a version (`name` and `version`).",
    input: ZipArtifacts,
    output: "file",
  },
  {
    method: "PUT",
    path: "/api/weir/1/runs/{run_id}/files",
    tag: "weir",
    summary: "Stores a file in a run's artifacts, wherever they are kept.",
    input: fileOfRun,
    takesFile: true,
    output: Nothing,
  },
  {
    method: "DELETE",
    path: "/api/weir/1/runs/{run_id}/files",
    tag: "weir",
    summary: "Deletes a file of a run's artifacts, or a folder with all that is in it.",
    input: fileOfRun,
    inQuery: true,
    output: Nothing,
  },
  {
    method: "GET",
    path: "/experiments/{experiment_id}/export",
    tag: "weir",
    summary:
      "Answers runs as a file, a row each: all that match, or the ones that `runs` names. `format` is csv, json " +
      "(a line each) or parquet.",
    input: ExportRuns,
    output: "file",
  },
  {
    method: "GET",
    path: "/api/weir/1/metrics/series.csv",
    tag: "weir",
    summary: "Answers every point of metrics of up to 100 runs, a row each, as a CSV file.",
    input: MetricPoints,
    output: "file",
  },
  {
    method: "GET",
    path: "/api/weir/1/metrics/series.svg",
    tag: "weir",
    summary: "Answers a chart of one metric of up to 100 runs as a picture.",
    input: MetricPicture,
    output: "file",
  },
  {
    method: "GET",
    path: "/api/weir/1/runs/logs/download",
    tag: "weir",
    summary: "Answers what a run printed, as it was printed; `Range` asks for a part, `bytes=-1000` for the end.",
    input: LogBytes,
    output: "file",
  },
];

/** The OpenAPI document of these endpoints and of the requests that carry files. */
export function describeApi(endpoints: readonly Endpoint[]): OpenApi {
  const operations = endpoints.map((endpoint): Operation => {
    const { method, path, namespace, input, summary, output } = endpoint;
    const noun = path.split("/")[0]!;
    return {
      method,
      path: addressOf(endpoint),
      tag: namespace === "weir" ? "weir" : namespace === "mlflow-artifacts" ? "artifacts" : noun,
      summary,
      input,
      output,
    };
  });
  return openApi(
    [...operations, ...fileOperations],
    protocolVersion,
    description,
  );
}

/** Serves the OpenAPI document and its page. Both change only with the program. */
export function mountReference(app: Hono, endpoints: readonly Endpoint[]): void {
  let made: Promise<Reference> | undefined;
  const reference = () => made ??= makeReference(endpoints);
  for (const path of ["/openapi.json", "/docs/api"]) app.use(path, compress());
  app.get("/openapi.json", async (context) => {
    authorize(read.server, context);
    const { body, etag } = await reference();
    const headers = { etag, "cache-control": "no-cache" };
    const known = context.req.header("if-none-match")?.split(",").map((one) => one.trim().replace(/^W\//, ""));
    if (known?.includes(etag)) return context.body(null, 304, headers);
    return context.body(body, 200, { ...headers, "content-type": "application/json" });
  });
  app.get("/docs/api", async (context) => {
    authorize(read.server, context);
    const { document } = await reference();
    const server = serverAddress(new URL(context.req.url).origin);
    return sendPage(context, ApiReference({ document, errors: refusals, server }));
  });
}

interface Reference {
  document: OpenApi;
  body: string;
  etag: string;
}

async function makeReference(endpoints: readonly Endpoint[]): Promise<Reference> {
  const document = describeApi(endpoints);
  const body = JSON.stringify(document);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)));
  return { document, body, etag: `"${digest.toHex().slice(0, 16)}"` };
}
