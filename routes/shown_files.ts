import type { Context, Hono } from "hono";
import { artifactPath } from "../domain/artifact_path.ts";
import { attachment } from "../domain/attachment.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { fileKind } from "../domain/file_kind.ts";
import { notebookPart } from "../domain/notebook.ts";
import { ShowArtifact } from "../wire/artifacts.ts";
import { parseMessage } from "../wire/message.ts";
import { accessTo, placeOf } from "./api/artifact_zip.ts";
import { joinPaths } from "./artifact_place.ts";
import { download, type FileHeaders, inertHeaders } from "./download.ts";
import { authorize } from "./caller.ts";
import type { FilePlace } from "./file_looks.ts";
import type { Services } from "./services.ts";

/**
 * What a stranger's page may do: run its own scripts, in an origin of its own. It reaches no network, ours included, opens no
 * window, sends no form, leads nowhere, and stands only in frames of ours (GHSA-3v79-q7ph-j75h).
 */
const sandboxed: FileHeaders = {
  ...inertHeaders,
  "content-type": "text/html; charset=utf-8",
  "content-disposition": "inline",
  "referrer-policy": "no-referrer",
  "content-security-policy": [
    "sandbox allow-scripts",
    "default-src 'none'",
    "script-src 'unsafe-inline' 'unsafe-eval' data: blob:",
    "style-src 'unsafe-inline' data:",
    "img-src data: blob:",
    "font-src data:",
    "media-src data: blob:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join("; "),
};

/**
 * Chromium shows no PDF in a sandbox; its viewer is a process of its own, and Firefox's runs what is in a file apart from the page. As
 * nothing but a PDF the file is never taken for HTML.
 */
const pdf = (path: string): FileHeaders => ({
  ...inertHeaders,
  "content-type": "application/pdf",
  "content-disposition": attachment(path).replace("attachment", "inline"),
  "content-security-policy":
    "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; frame-ancestors 'self'",
});

/** Bytes of a notebook whose parts are shown. */
const largestNotebook = 4_000_000;

/** Serves files of strangers for the frames of our pages: HTML in a sandbox, PDF, and what notebooks put out. */
export function mountShownFiles(app: Hono, services: Services): void {
  app.get("/show-artifact", async (context) => {
    const { path, part, ...owner } = parseMessage(ShowArtifact, context.req.query());
    authorize(accessTo(owner), context);
    const place = await placeOf(services, owner);
    const at = joinPaths(place.folder, artifactPath(path));
    const kind = fileKind(path);
    if (kind === "html") return await download(place.store, at, context.req.raw, sandboxed);
    if (kind === "pdf") return await download(place.store, at, context.req.raw, pdf(path));
    if (kind === "notebook") return await notebookAnswer(context, place, at, part);
    throw invalid(`Invalid value for parameter 'path' supplied: expected a file of HTML, a PDF or a notebook.`);
  });
}

async function notebookAnswer(context: Context, { store }: FilePlace, at: string, part: string): Promise<Response> {
  const stored = await store.get(at, { start: 0, end: largestNotebook - 1 });
  if (!stored) throw notFound(`No such artifact: '${at}'`);
  const found = stored.size < stored.total ? undefined : notebookPart(await parsed(stored.stream), part);
  if (stored.size < stored.total) await stored.stream.cancel();
  if (!found) throw notFound(`The notebook has no output '${part}' that a frame shows.`);
  const headers = found.type === "text/html" ? sandboxed : { ...inertHeaders, "content-type": found.type };
  return new Response(context.req.method === "HEAD" ? null : found.bytes, { headers });
}

async function parsed(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<unknown> {
  try {
    return await new Response(stream).json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
