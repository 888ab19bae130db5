import { doesNotThrow, throws } from "node:assert/strict";
import { checkArtifactLocation } from "../../domain/experiments.ts";

Deno.test("artifacts may be in a store of a provider, not at a host of the caller's choice", () => {
  const stores = [
    "s3://b/p",
    "gs://b/p",
    "wasbs://c@a.blob.core.windows.net/p",
    "dbfs:/p",
    "mlflow-artifacts:/p",
    "/p",
  ];
  for (const location of stores) doesNotThrow(() => checkArtifactLocation(location), location);
  const hosts = ["http://h/p", " HTTPS://h/p", "hdfs://h/p", "sftp://h/p", "abfss://c@h/p", "mlflow-artifacts://h/p"];
  for (const location of hosts) {
    throws(() => checkArtifactLocation(location), /'artifact_location' cannot use the '[a-z-]+' scheme/, location);
  }
});
