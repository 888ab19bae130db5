/** MLflow's Python client moves big files past the server: run by the tests, with small ones, and by the heavy tests. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { peakMemory } from "../processes.ts";
import { startOnS3, uploadsUnderWay } from "../server/s3_settings.ts";
import { needs, versitygw, versitygwIsMissing } from "../tools.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "./python.ts";

const python = await systemPython();

/** The options of a test that needs Python and an S3 server. */
export const needsBoth = {
  ignore: needs(python?.path, pythonIsMissing).ignore || needs(await versitygw(), versitygwIsMissing).ignore,
};

/** Runs test_direct_transfers.py with files of so many megabytes. Fails unless it succeeds and the server saw none of their bytes. */
export async function moveInParts(megabytes: number): Promise<void> {
  if (python === undefined) throw new Error(pythonIsMissing);
  const path = await clientPython(python);
  await using weir = await startOnS3();
  const { s3, server } = weir;
  const { success, output } = await run(path, ["-m", "pytest", "test_direct_transfers.py"], {
    MLFLOW_TRACKING_URI: server.url,
    WEIR_TEST_DIRECT_MB: `${megabytes}`,
  });
  ok(success, `${output}\nThe server said:\n${server.output()}`);
  match(output, /\b\d+ passed/);
  const told = server.output();
  // Through the server, a file goes in by PUT and comes out by GET of its path; small ones do.
  const through = [...told.matchAll(/^(?:PUT|GET) \/api\/2\.0\/mlflow-artifacts\/artifacts\/\S+/gm)].map(([line]) =>
    line
  );
  deepEqual(through.filter((line) => !line.endsWith("/small.bin")), []);
  equal(through.some((line) => line.startsWith("PUT")), megabytes < 100);
  for (const way of ["mpu/create", "mpu/complete", "presigned"]) ok(told.includes(`/mlflow-artifacts/${way}/`), way);
  equal(await uploadsUnderWay(s3), 0);
  if (Deno.build.os === "linux") ok(await peakMemory(server.pid) < 300);
}
