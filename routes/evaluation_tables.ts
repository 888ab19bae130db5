import type { Run } from "../domain/entities.ts";
import { ApiError } from "../domain/errors.ts";
import { artifactPath } from "../domain/artifact_path.ts";
import { type EvaluationTable, readTable } from "../domain/evaluation.ts";
import { bytes } from "../domain/format.ts";
import { artifactPlace, joinPaths } from "./artifact_place.ts";
import type { Services } from "./services.ts";

/** Bytes of a table that is read: all of it is needed, for rows are brought together. */
const largestTable = 8_000_000;

/** A run's table, or a sentence that says why there is none. */
export type ReadTable = { table: EvaluationTable } | { fault: string };

/** Reads the table of a run. */
export async function runTable(services: Pick<Services, "artifacts">, run: Run, path: string): Promise<ReadTable> {
  try {
    const { store, folder } = await artifactPlace(services, run.info.artifact_uri);
    const stored = await store.get(joinPaths(folder, artifactPath(path)), { start: 0, end: largestTable - 1 });
    if (!stored) return { fault: "It has no such table." };
    if (stored.total > stored.size) {
      await stored.stream.cancel();
      return { fault: `Its table has ${bytes(stored.total)}; at most ${bytes(largestTable)} are read.` };
    }
    const table = readTable(await new Response(stored.stream).text());
    return table ? { table } : { fault: "The file is no table that MLflow's client wrote." };
  } catch (error) {
    if (error instanceof ApiError) return { fault: error.message };
    throw error;
  }
}
