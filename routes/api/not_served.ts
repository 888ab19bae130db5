import type { Hono } from "hono";
import { ApiError } from "../../domain/errors.ts";
import type { MethodsOf } from "../not_found.ts";

/**
 * What of MLflow's protocol is not served, by what it belongs to: a clean refusal, which clients take for an answer and do not
 * repeat. Nothing here hides an endpoint: the table is asked last.
 */
export interface NotServed {
  /** What is not there, in a sentence for people. */
  readonly sentence: string;
  /** Of the answer; "workspaces" is MLflow's text for a server without them, status 503. */
  readonly answer: "NOT_IMPLEMENTED" | "ENDPOINT_NOT_FOUND" | "workspaces";
  /** Whole paths; with `/*` at the end, everything below too. */
  readonly paths: readonly string[];
}

/** Below both prefixes. */
const api = (...paths: string[]): string[] =>
  ["api", "ajax-api"].flatMap((prefix) => paths.map((path) => `/${prefix}/${path}`));

export const notServed: readonly NotServed[] = [
  {
    sentence: "Of traces, neither the ways of clients before MLflow 3 nor statistics and links to prompts are served.",
    answer: "NOT_IMPLEMENTED",
    paths: api(
      "2.0/mlflow/traces",
      "2.0/mlflow/traces/link-prompts",
      "3.0/mlflow/traces/batchGetInfos",
      "3.0/mlflow/traces/calculate-filter-correlation",
      "3.0/mlflow/traces/metrics",
      "2.0/mlflow/traces/*",
      "3.0/mlflow/traces/*",
    ),
  },
  {
    sentence:
      "Evaluation datasets, scorers, issues, label schemas, review queues and prompt optimization are not served.",
    answer: "NOT_IMPLEMENTED",
    paths: api(
      ...["datasets", "scorers", "scorer", "issues", "label-schemas", "review-queues", "prompt-optimization", "genai"]
        .map((noun) => `3.0/mlflow/${noun}/*`),
    ),
  },
  {
    sentence: "There is no AI gateway.",
    answer: "NOT_IMPLEMENTED",
    paths: ["/gateway/*", ...api("2.0/mlflow/gateway-proxy", "3.0/mlflow/gateway/*")],
  },
  {
    sentence: "Jobs of MLflow's server are not served.",
    answer: "NOT_IMPLEMENTED",
    paths: api("3.0/jobs/*", "3.0/mlflow/jobs/*"),
  },
  {
    sentence: "There is no registry of MCP servers.",
    answer: "NOT_IMPLEMENTED",
    paths: api("3.0/mlflow/mcp-servers/*"),
  },
  {
    sentence: "What only MLflow's own pages ask for is not served: GraphQL, prompt lab, demo data, the assistant.",
    answer: "NOT_IMPLEMENTED",
    paths: [
      "/graphql",
      ...api("2.0/mlflow/runs/create-promptlab-run", "3.0/mlflow/demo/*", "3.0/mlflow/assistant/*"),
    ],
  },
  {
    sentence:
      "There are no accounts, roles and permissions, as on a server of MLflow's that runs without authentication.",
    answer: "ENDPOINT_NOT_FOUND",
    paths: api(
      "2.0/mlflow/users/*",
      "3.0/mlflow/users/*",
      "3.0/mlflow/roles/*",
      "2.0/mlflow/experiments/permissions/*",
      "2.0/mlflow/registered-models/permissions/*",
    ),
  },
  {
    sentence: "There are no workspaces, as on a server of MLflow's that runs without them.",
    answer: "workspaces",
    paths: api("3.0/mlflow/workspaces/*"),
  },
];

/** Mounts the refusals, after everything that is served: below a path that is, only the method is wrong. */
export function mountNotServed(app: Hono, methodsOf: MethodsOf): void {
  for (const { sentence, answer, paths } of notServed) {
    for (const path of paths) {
      app.all(path, (context) => {
        if (path.endsWith("/*") && methodsOf(context.req.path)) return context.notFound();
        if (answer !== "workspaces") throw new ApiError(answer, sentence);
        return context.text(
          `Endpoint: ${context.req.path} disabled because the server is running without workspaces support.`,
          503,
        );
      });
    }
  }
}
