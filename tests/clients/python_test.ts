/** MLflow's Python client, as it comes from PyPI, against a Weir process of its own. */
import { match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../server.ts";
import { needs } from "../tools.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "./python.ts";

const python = await systemPython();
const options = needs(python?.path, pythonIsMissing);

/** Runs Python with the address of a fresh server, and fails with all that it said unless it succeeds. `env` is for both. */
async function runPython(args: string[], env: Record<string, string> = {}): Promise<string> {
  if (python === undefined) throw new Error(pythonIsMissing);
  const path = await clientPython(python);
  const server = await startServer(env);
  try {
    const { success, output } = await run(path, args, {
      ...env,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "2",
    });
    ok(success, `${output}\nThe server said:\n${server.output()}`);
    return output;
  } finally {
    await server.stop();
  }
}

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

Deno.test("every call of MLflow's Python client does what it does on MLflow's server", options, async () => {
  match(await runPython(["-m", "pytest"]), /\b\d{3,4} passed/);
});

Deno.test("webhooks that MLflow's Python client makes are delivered, signed", options, async () => {
  const output = await runPython(["-m", "pytest", "test_webhooks.py"], { WEIR_WEBHOOK_PRIVATE: "yes" });
  match(output, /\b\d+ passed(?!.*skipped)/);
});

Deno.test("an unchanged training script tracks a grid of runs and reads everything back", options, async () => {
  match(await runPython([example("train.py")]), /\/compare\?runs=[0-9a-f]{32}(,[0-9a-f]{32}){5}$/m);
});

Deno.test("the quickstart runs and prints the address of its run", options, async () => {
  match(await runPython([example("quickstart.py")]), /^http:\/\/.+\/runs\/[0-9a-f]{32}$/m);
});
