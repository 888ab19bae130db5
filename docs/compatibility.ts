/**
 * `deno run -A docs/compatibility.ts`: writes compatibility.md beside this file, from MLflow's endpoints (mlflow_endpoints.json,
 * taken from the service descriptors and routes of its Python package) and from those that Weir declares.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { notServed } from "../routes/api/not_served.ts";
import { endpoints } from "../routes/app.ts";
import { addressOf } from "../routes/endpoint.ts";
import { protocolVersion } from "../routes/services.ts";
import mlflow from "./mlflow_endpoints.json" with { type: "json" };

export interface MlflowEndpoint {
  method: string;
  /** Under `/api/` and `/ajax-api/` alike, unless it is written with `/ajax-api/`: then only there. */
  path: string;
  priority: number;
  area: string;
}

export const mlflowEndpoints: readonly MlflowEndpoint[] = mlflow;

/** What Weir serves beside its JSON endpoints. */
const otherServed = new Set([
  "GET /health",
  "GET /version",
  "GET /get-artifact",
  "GET /model-versions/get-artifact",
  "GET /api/2.0/mlflow-artifacts/artifacts",
  "GET /api/2.0/mlflow-artifacts/artifacts/{}",
  "PUT /api/2.0/mlflow-artifacts/artifacts/{}",
  "DELETE /api/2.0/mlflow-artifacts/artifacts/{}",
  "POST /api/2.0/mlflow/upload-artifact",
  "GET /api/2.0/mlflow/logged-models/{}/artifacts/files",
  "POST /v1/traces",
  "GET /api/2.0/mlflow/get-trace-artifact",
  "GET /api/3.0/mlflow/get-trace-artifact",
]);

/** An endpoint's name, whatever its parameters are called. */
const nameOf = (method: string, path: string): string =>
  `${method} ${path.replace(/^\/ajax-/, "/").replaceAll(/\{[\w.]+\}/g, "{}")}`;

const declared = new Set(
  endpoints.flatMap((endpoint) =>
    [addressOf(endpoint), endpoint.also ?? []].flat().map((path) => nameOf(endpoint.method, path))
  ),
);

export function isServed({ method, path }: MlflowEndpoint): boolean {
  const name = nameOf(method, path);
  return declared.has(name) || otherServed.has(name);
}

/** The row of the table of refusals that answers this endpoint. */
export function refusalOf({ path }: MlflowEndpoint): (typeof notServed)[number] | undefined {
  return notServed.find(({ paths }) =>
    paths.some((one) => one.endsWith("/*") ? `${path}/`.startsWith(one.slice(0, -1)) : one === path)
  );
}

const statuses = { NOT_IMPLEMENTED: "501", ENDPOINT_NOT_FOUND: "404", workspaces: "503" } as const;

function stateOf(endpoint: MlflowEndpoint): string {
  if (isServed(endpoint)) return "served";
  const refusal = refusalOf(endpoint);
  return refusal ? statuses[refusal.answer] : "404";
}

const priorities = [
  "every client needs it",
  "logged models, tracing and MLflow's own pages need it",
  "GenAI, administration, webhooks",
  "the gateway and other new surfaces",
];

const tally = (list: readonly MlflowEndpoint[]): string => `${list.filter(isServed).length} of ${list.length}`;

function areaTable(area: string, list: readonly MlflowEndpoint[]): string {
  const rows = list.map((one) => `| ${one.method} | \`${one.path}\` | ${one.priority} | ${stateOf(one)} |`);
  return [`### ${area} (${tally(list)})`, "", "| method | path | priority | Weir |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The text of compatibility.md. */
export function compatibility(): string {
  const areas = Map.groupBy(mlflowEndpoints, ({ area }) => area);
  const unknown = mlflowEndpoints.filter((endpoint) => !isServed(endpoint) && !refusalOf(endpoint));
  return [
    "# Compatibility with MLflow",
    "",
    "<!-- Written by `deno run -A docs/compatibility.ts`. -->",
    "",
    `Weir speaks the protocol of MLflow ${protocolVersion}. Of the ${mlflowEndpoints.length} endpoints of its server, here is what Weir serves.`,
    "Paths that begin with `/api/` are served below `/ajax-api/` too.",
    "",
    "| priority | what needs it | served |",
    "| --- | --- | --- |",
    ...priorities.map((what, i) => `| ${i + 1} | ${what} | ${tally(mlflowEndpoints.filter((one) => one.priority === i + 1))} |`),
    "",
    "## What is not there",
    "",
    "Each refusal is a JSON error that clients take for an answer and do not repeat.",
    "",
    ...notServed.map(({ sentence, answer }) => `- ${sentence.replace(/\.?$/, ".")} (${statuses[answer]})`),
    "- URLs of a store itself are handed out for files in S3 and Azure Blob; a local folder has none. (400, as MLflow's server answers then)",
    ...(unknown.length > 0 ? [`- ${unknown.map(({ method, path }) => `${method} \`${path}\``).join(", ")}. (404, as MLflow's server answers too)`] : []),
    "",
    "## Endpoints",
    "",
    "`served`, or the status of the refusal.",
    "",
    ...[...areas].flatMap(([area, list]) => [areaTable(area, list), ""]),
  ].join("\n");
}

if (import.meta.main) await writeFile(fileURLToPath(new URL("compatibility.md", import.meta.url)), compatibility());
