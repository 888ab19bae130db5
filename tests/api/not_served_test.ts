import assert from "node:assert/strict";
import { startWeir } from "../weir.ts";

Deno.test("what is not served is refused in a form that clients take for an answer", async () => {
  await using weir = await startWeir();
  const refused = async (method: string, path: string) => {
    const { status, body } = await weir.call(method, path, method === "POST" ? {} : undefined);
    return [status, body.error_code ?? body];
  };
  const missing: [method: string, path: string][] = [
    ["POST", "/api/2.0/mlflow/traces"],
    ["GET", "/api/2.0/mlflow/traces/tr-1/info"],
    ["POST", "/api/3.0/mlflow/traces/metrics"],
    ["POST", "/api/3.0/mlflow/datasets/create"],
    ["POST", "/ajax-api/3.0/mlflow/gateway/secrets/create"],
    ["POST", "/gateway/mlflow/v1/chat/completions"],
    ["POST", "/ajax-api/3.0/jobs/"],
    ["GET", "/api/3.0/mlflow/mcp-servers"],
    ["POST", "/graphql"],
    ["GET", "/ajax-api/3.0/mlflow/assistant/config"],
  ];
  for (const [method, path] of missing) {
    assert.deepEqual([path, ...await refused(method, path)], [path, 501, "NOT_IMPLEMENTED"]);
  }
  assert.deepEqual(await refused("GET", "/api/2.0/mlflow/users/current"), [404, "ENDPOINT_NOT_FOUND"]);
  assert.deepEqual(await refused("GET", "/api/3.0/mlflow/workspaces/x"), [
    503,
    "Endpoint: /api/3.0/mlflow/workspaces/x disabled because the server is running without workspaces support.",
  ]);
});

Deno.test("MLflow's pages are told to send no telemetry", async () => {
  await using weir = await startWeir();
  const path = "/ajax-api/3.0/mlflow/ui-telemetry";
  assert.deepEqual(await weir.ok("GET", path), {
    disable_ui_telemetry: true,
    disable_ui_events: [],
    ui_rollout_percentage: 0,
  });
  assert.deepEqual(await weir.ok("POST", path, { records: [{}] }), { status: "disabled" });
});
