/** MLflow's Python client with artifacts in S3: the same tests as with a folder. */
import { match, ok } from "node:assert/strict";
import { s3Settings } from "../server/s3_settings.ts";
import { startServer } from "../server.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "./python.ts";

const python = await systemPython();
const needed = {
  ignore: needs(python?.path, pythonIsMissing).ignore || needs(await versitygw(), versitygwIsMissing).ignore,
};

Deno.test("with artifacts in S3, MLflow's Python client finds no difference", needed, async () => {
  ok(python);
  const path = await clientPython(python);
  await using s3 = await startVersitygw();
  const server = await startServer(s3Settings(s3));
  const { success, output } = await run(path, ["-m", "pytest", "test_artifacts.py"], {
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_DISABLE_TELEMETRY: "true",
  });
  await server.stop();
  ok(success, output);
  match(output, /\b\d{2,3} passed/);
});
