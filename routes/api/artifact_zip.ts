import type { Context, Hono } from "hono";
import { getLoggedModel } from "../../db/logged_models.ts";
import { downloadUri } from "../../db/model_versions.ts";
import { getRunInfo } from "../../db/runs.ts";
import { artifactFolder } from "../../domain/artifact_path.ts";
import { attachment } from "../../domain/attachment.ts";
import { invalid, notFound } from "../../domain/errors.ts";
import { type Access, read } from "../../domain/permissions.ts";
import { ZipArtifacts } from "../../wire/artifacts.ts";
import { parseMessage } from "../../wire/message.ts";
import { artifactPlace, joinPaths } from "../artifact_place.ts";
import { inertHeaders } from "../download.ts";
import { authorize } from "../caller.ts";
import type { Services } from "../services.ts";
import { zipOf } from "../zip.ts";
import { versionPlace } from "./model_versions.ts";

type Asked = ReturnType<typeof parseAsked>;
/** What names a run, a logged model or a version. */
export type FileOwner = Pick<Asked, "run_id" | "model_id" | "name" | "version">;
const parseAsked = (context: Context) => parseMessage(ZipArtifacts, context.req.query());

/** Serves a folder of a run, of a logged model or of a model version as a zip file. */
export function mountZip(app: Hono, services: Services): void {
  app.get("/get-artifact-zip", async (context) => {
    const asked = parseAsked(context);
    authorize(accessTo(asked), context);
    const below = artifactFolder(asked.path);
    const { store, folder } = await placeOf(services, asked);
    const headers = {
      ...inertHeaders,
      "content-type": "application/zip",
      "content-disposition": attachment(`${below.slice(below.lastIndexOf("/") + 1) || nameOf(asked)}.zip`),
    };
    const zip = await zipOf(store, joinPaths(folder, below));
    if (!zip) throw notFound(`No such artifact: '${below}'`);
    if (context.req.raw.method !== "HEAD") return new Response(zip, { headers });
    await zip.cancel();
    return new Response(null, { headers });
  });
}

/** Throws unless exactly one thing is named whose files are wanted. */
export function accessTo({ run_id, model_id, name, version }: FileOwner): Access {
  const named = [run_id !== "", model_id !== "", name !== "" && version !== ""].filter(Boolean).length;
  if (named !== 1) throw invalid("Exactly one of run_id, model_id, and name with version must be provided.");
  return run_id !== "" ? read.run : model_id !== "" ? read.logged_model : read.model_version;
}

/** Where the files are of what is named. */
export async function placeOf(services: Services, { run_id, model_id, name, version }: FileOwner) {
  const { sql } = services;
  if (run_id !== "") return await artifactPlace(services, (await getRunInfo(sql, run_id)).artifact_uri);
  if (model_id !== "") return await artifactPlace(services, (await getLoggedModel(sql, model_id)).info.artifact_uri);
  return await versionPlace(services, await downloadUri(sql, name, version));
}

/** Of the zip file of all files. */
const nameOf = ({ run_id, model_id, name, version }: Asked): string => run_id || model_id || `${name} v${version}`;
