import type { Context, Hono } from "hono";
import type { ArtifactPlace } from "../../artifacts/stores.ts";
import { activeRunMissing, getRunInfo } from "../../db/runs.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import { invalid } from "../../domain/errors.ts";
import { edit, remove } from "../../domain/permissions.ts";
import { ListArtifacts } from "../../wire/artifacts.ts";
import { parseMessage } from "../../wire/message.ts";
import { artifactPlace, putFile, removeFiles } from "../artifact_place.ts";
import { authorizeRun } from "../job_access.ts";
import type { Services } from "../services.ts";

/** Where the artifacts of a run are that is not in the bin: INVALID_PARAMETER_VALUE for one that is. */
export async function activeRunPlace(services: Services, run_id: string): Promise<ArtifactPlace> {
  const { artifact_uri, lifecycle_stage } = await getRunInfo(services.sql, run_id);
  if (lifecycle_stage === "deleted") throw await activeRunMissing(services.sql, run_id);
  return await artifactPlace(services, artifact_uri);
}

/** Takes files for a run, of any size and wherever it keeps its artifacts, and removes them: what the run's page does. */
export function mountRunUpload(app: Hono, services: Services): void {
  const route = "/api/weir/1/runs/:run_id/files";
  app.put(route, async (context) => {
    await authorizeRun(services, edit.run, context, context.req.param("run_id"));
    const { place, path } = await askedFile(services, context);
    const { body } = context.req.raw;
    await putFile(services, place, path, body ?? new Blob().stream(), sizeOf(context));
    return Response.json({});
  });
  app.delete(route, async (context) => {
    await authorizeRun(services, remove.run, context, context.req.param("run_id"));
    const { place, path } = await askedFile(services, context);
    await removeFiles(services, place, path);
    return Response.json({});
  });
}

async function askedFile(services: Services, context: Context): Promise<{ place: ArtifactPlace; path: string }> {
  const query = { path: context.req.query("path"), run_id: context.req.param("run_id") };
  const { run_id, path = "" } = parseMessage(ListArtifacts, query);
  // First, so that a wrong path is said to be one whatever the run is.
  const checked = artifactPath(path);
  return { place: await activeRunPlace(services, run_id), path: checked };
}

function sizeOf(context: Context): number | undefined {
  const length = context.req.header("content-length");
  if (length === undefined) return undefined;
  if (!/^\d{1,15}$/.test(length)) throw invalid("Content-Length must be a number of bytes.");
  return Number(length);
}
