import type { Context, Hono } from "hono";
import { type ArtifactPlace, ownHome } from "../../artifacts/stores.ts";
import { getRunInfo } from "../../db/runs.ts";
import { artifactFolder, artifactPath } from "../../domain/artifact_path.ts";
import type { FileInfo } from "../../domain/entities.ts";
import { invalid } from "../../domain/errors.ts";
import { type Access, edit, read, remove } from "../../domain/permissions.ts";
import { Files } from "../../wire/answers.ts";
import { ListArtifacts } from "../../wire/artifacts.ts";
import { parseMessage } from "../../wire/message.ts";
import { artifactPlace, joinPaths, listBelow, putFile, removeFiles } from "../artifact_place.ts";
import { download } from "../download.ts";
import { authorize } from "../caller.ts";
import { endpoint } from "../endpoint.ts";
import { authorizeFile, authorizeRun } from "../job_access.ts";
import type { Services } from "../services.ts";
import { activeRunPlace } from "./run_upload.ts";

export const artifactEndpoints = [
  endpoint({
    method: "GET",
    path: "artifacts/list",
    summary: "Lists the files and folders in a folder of a run's artifacts.",
    input: ListArtifacts,
    output: Files,
    access: read.run,
    handle: async (services, { run_id, path = "" }) => {
      const { artifact_uri } = await getRunInfo(services.sql, run_id);
      return await listBelow(services, artifact_uri, path);
    },
  }),
];

const proxy = /^[^:]*:\/\/[^/]*\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts\/([^?#]*)/;

/** The store behind `mlflow-artifacts:`, a file per URL, streamed both ways. */
export function mountArtifactProxy(app: Hono, services: Services): void {
  const { own } = services.artifacts;
  const root: ArtifactPlace = { store: own, folder: "", home: ownHome };
  const on = (method: string, path: string, access: Access, respond: (context: Context) => Promise<Response>) => {
    for (const prefix of ["api", "ajax-api"]) {
      app.on(method, `/${prefix}/2.0/mlflow-artifacts/${path}`, async (context) => {
        await authorizeFile(services, access, context, () => proxiedPath(context));
        return await respond(context);
      });
    }
  };

  on("GET", "artifacts", read.artifact, async (context) => {
    return Response.json(nonEmpty(await own.list(artifactFolder(context.req.query("path") ?? ""))));
  });
  on(
    "GET",
    "artifacts/:file{[^]*}",
    read.artifact,
    (context) => download(own, proxiedPath(context), context.req.raw),
  );
  on("PUT", "artifacts/:file{[^]*}", edit.artifact, async (context) => {
    const size = context.req.header("content-length");
    const body = context.req.raw.body ?? new Blob().stream();
    await putFile(services, root, proxiedPath(context), body, size === undefined ? undefined : Number(size));
    return Response.json({});
  });
  on("DELETE", "artifacts/:file{[^]*}", remove.artifact, async (context) => {
    const path = proxiedPath(context);
    // A single segment is all that an experiment has: mlflow-oidc-auth #289 lost everybody's artifacts that way.
    if (!path.includes("/")) throw invalid("Invalid path");
    await removeFiles(services, root, path);
    return Response.json({});
  });
}

/** Serves a file of a run by run id and path, as MLflow's pages and ours ask for it. */
export function mountRunFiles(app: Hono, services: Services): void {
  app.get("/get-artifact", async (context) => {
    authorize(read.run, context);
    const { run_id, path = "" } = parseMessage(ListArtifacts, context.req.query());
    const { artifact_uri } = await getRunInfo(services.sql, run_id);
    const { store, folder } = await artifactPlace(services, artifact_uri);
    return download(store, joinPaths(folder, artifactPath(path)), context.req.raw);
  });
}

/** Bytes that MLflow's pages may upload at once. */
const largestUpload = 10 * 1024 * 1024;

/** Takes a file from MLflow's pages. */
export function mountUpload(app: Hono, services: Services): void {
  app.post("/ajax-api/2.0/mlflow/upload-artifact", async (context) => {
    const { run_uuid, path } = context.req.query();
    await authorizeRun(services, edit.run, context, run_uuid);
    if (!run_uuid) throw invalid("Request must specify run_uuid.");
    if (!path) throw invalid("Request must specify path.");
    const size = Number(context.req.header("content-length") ?? 0);
    if (size > largestUpload) throw invalid("Artifact size is too large. Max size is 10MB.");
    if (size === 0 || !context.req.raw.body) throw invalid("Request must specify data.");
    const checked = artifactPath(path);
    await putFile(services, await activeRunPlace(services, run_uuid), checked, context.req.raw.body, size);
    return Response.json({});
  });
}

/** The path of a proxied file, decoded once, from the URL as it was sent: the router's path has lost what stood in broken escapes. */
function proxiedPath(context: Context): string {
  const [, encoded] = proxy.exec(context.req.raw.url) ?? [];
  if (encoded === undefined) throw invalid("Invalid path");
  try {
    return artifactPath(decodeURIComponent(encoded));
  } catch (error) {
    throw error instanceof URIError ? invalid("Invalid path") : error;
  }
}

const nonEmpty = (files: FileInfo[]): { files?: FileInfo[] } => files.length > 0 ? { files } : {};
