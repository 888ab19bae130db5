/** A client of a Weir that is reached by its socket. */
import type { Metric } from "../domain/entities.ts";

// deno-lint-ignore no-explicit-any -- tests look into answers of every shape
type Answer = any;

export interface Client {
  /** Sends JSON to `/api/2.0/mlflow/<path>`, or to a path that starts with a slash. GET parameters go into the path. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; type: string; body: Answer }>;
  /** As `call`, and fails the test unless the status is 200. */
  ok(method: string, path: string, body?: unknown): Promise<Answer>;
  /** A run of the default experiment. */
  startRun(): Promise<string>;
  history(run_id: string, key: string): Promise<Metric[]>;
  /** The address of a file behind the proxy. */
  file(path: string): string;
}

export function clientOf(url: string): Client {
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(`${url}${path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`}`, init);
    const [text, type] = [await response.text(), response.headers.get("content-type") ?? ""];
    return { status: response.status, type, body: type.includes("json") ? JSON.parse(text) : text };
  };
  const ok = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    call,
    ok,
    startRun: async () => (await ok("POST", "runs/create", { experiment_id: "0", start_time: 1 })).run.info.run_id,
    history: async (run_id, key) =>
      (await ok("GET", `metrics/get-history?run_id=${run_id}&metric_key=${key}`)).metrics ?? [],
    file: (path) => `${url}/api/2.0/mlflow-artifacts/artifacts/${path}`,
  };
}
