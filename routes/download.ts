import type { ArtifactStore, ByteRange } from "../artifacts/store.ts";
import { notFound } from "../domain/errors.ts";
import { mediaType } from "../domain/media_type.ts";

/**
 * A file as a download, whole or in part, that no browser will run: always an attachment, never sniffed, in a sandbox
 * (CVE-2024-27132). Preconditions and ranges after RFC 9110. RESOURCE_DOES_NOT_EXIST when there is no such file.
 */
export async function download(store: ArtifactStore, path: string, request: Request): Promise<Response> {
  const range = parseRange(request.headers.get("range"));
  const file = await store.get(path, range);
  if (!file) throw notFound(`No such artifact: '${path}'`);
  const headers = new Headers({
    "content-type": mediaType(path),
    "content-disposition": attachment(path),
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "accept-ranges": "bytes",
    "etag": file.etag,
    "last-modified": file.last_modified.toUTCString(),
    "cache-control": "private, no-cache",
  });
  if (request.headers.get("if-none-match") === file.etag) {
    await file.stream.cancel();
    return new Response(null, { status: 304, headers });
  }
  if (range && range.start >= file.total && file.total > 0) {
    await file.stream.cancel();
    return new Response(null, { status: 416, headers: { "content-range": `bytes */${file.total}` } });
  }
  headers.set("content-length", String(file.size));
  if (!range || file.size === file.total) return new Response(file.stream, { headers });
  const start = range.start;
  headers.set("content-range", `bytes ${start}-${start + file.size - 1}/${file.total}`);
  return new Response(file.stream, { status: 206, headers });
}

/** One range from a start: what downloaders resume with and previews ask for. Other forms are served whole, as RFC 9110 allows. */
function parseRange(header: string | null): ByteRange | undefined {
  const match = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header ?? "");
  if (!match) return undefined;
  const start = Number(match[1]);
  if (match[2] === undefined) return { start };
  const end = Number(match[2]);
  return end < start ? undefined : { start, end };
}

/** RFC 6266: a name for old clients, and the exact one. */
function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^[\w.-]+$/.test(name)) return `attachment; filename=${name}`;
  const plain = name.replace(/[^\w .-]/g, "_");
  const exact = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
