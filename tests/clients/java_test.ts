/** MLflow's Java client, as it comes from Maven Central, against a Weir process of its own. */
import { dirname } from "node:path";
import { match, ok } from "node:assert/strict";
import { startServer } from "../server.ts";
import { find, needs } from "../tools.ts";
import { clientPython, here, pythonIsMissing, run, systemPython } from "./python.ts";

const javaIsMissing = "Java 11 or later and Maven (java and mvn) are not both on the PATH.";
const [java, maven, python] = await Promise.all([find("java"), find("mvn"), systemPython()]);
// The client reads and writes files by way of the Python client.
const options = needs(java && maven && python?.path, python === undefined ? pythonIsMissing : javaIsMissing);

Deno.test("every call of MLflow's Java client does what it does on MLflow's server", options, async () => {
  if (maven === undefined || python === undefined) throw new Error(javaIsMissing);
  const path = [dirname(await clientPython(python)), Deno.env.get("PATH")].join(
    Deno.build.os === "windows" ? ";" : ":",
  );
  const server = await startServer();
  try {
    const { success, output } = await run(maven, ["-q", "-B", "-f", `${here}java/pom.xml`, "compile", "exec:java"], {
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_DISABLE_TELEMETRY: "true",
      PATH: path,
    });
    ok(success, `${output}\nThe server said:\n${server.output()}`);
    match(output, /^files ok$/m);
  } finally {
    await server.stop();
  }
});
