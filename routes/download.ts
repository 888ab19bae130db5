import type { ArtifactStore, StoredFile } from "../artifacts/store.ts";
import { attachment } from "../domain/attachment.ts";
import { notFound } from "../domain/errors.ts";
import { mediaType } from "../domain/media_type.ts";
import { hasConditions, judge, parseRange, rangeHolds, resolveRange } from "../domain/preconditions.ts";

/** What keeps a browser from running anything that was uploaded, whatever it is (CVE-2024-27132). */
export const inertHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
  "cache-control": "private, no-cache",
};

/** What a file is sent as: its type, and what browsers may do with it. */
export type FileHeaders = Readonly<Record<string, string>>;

const asAttachment = (path: string): FileHeaders => ({
  ...inertHeaders,
  "content-type": mediaType(path),
  "content-disposition": attachment(path),
});

/**
 * A file as a download, whole or in part, that no browser will run: an attachment unless `as` says otherwise, never sniffed, in a
 * sandbox. Preconditions and ranges after RFC 9110. RESOURCE_DOES_NOT_EXIST when there is no such file.
 */
export async function download(
  store: ArtifactStore,
  path: string,
  request: Request,
  as = asAttachment(path),
): Promise<Response> {
  const { headers, method } = request;
  const asked = method === "GET" ? parseRange(headers.get("range")) : undefined;
  if (asked && !("last" in asked) && !hasConditions(headers)) {
    return answer(as, await open(store, path, asked), asked);
  }
  if (!asked && method === "GET" && !hasConditions(headers)) return answer(as, await open(store, path));
  // Before the file is sent for: what it is now.
  const known = await open(store, path, { start: 0, end: 0 });
  await known.stream.cancel();
  const verdict = judge(headers, known);
  if (verdict === "unchanged") return new Response(null, { status: 304, headers: described(as, known) });
  if (verdict === "changed") return new Response(null, { status: 412, headers: inertHeaders });
  if (method === "HEAD") return new Response(null, { headers: { ...described(as, known), ...sized(known.total) } });
  const range = asked && rangeHolds(headers, known) ? resolveRange(asked, known.total) : undefined;
  const file = await open(store, path, range);
  if (file.etag === known.etag) return answer(as, file, range);
  // It was replaced in between.
  await file.stream.cancel();
  return await download(store, path, request, as);
}

async function open(store: ArtifactStore, path: string, range?: { start: number; end?: number }): Promise<StoredFile> {
  const file = await store.get(path, range);
  if (!file) throw notFound(`No such artifact: '${path}'`);
  return file;
}

async function answer(as: FileHeaders, file: StoredFile, range?: { start: number }): Promise<Response> {
  const { stream, size, total } = file;
  const headers = { ...described(as, file), ...sized(size) };
  // No range of an empty file can be satisfied; it is sent as it is.
  if (!range || total === 0) return new Response(stream, { headers });
  if (range.start >= total) {
    await stream.cancel();
    return new Response(null, { status: 416, headers: { ...inertHeaders, "content-range": `bytes */${total}` } });
  }
  const last = range.start + size - 1;
  return new Response(stream, {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${range.start}-${last}/${total}` },
  });
}

const sized = (size: number) => ({ "content-length": String(size) });

const described = (as: FileHeaders, { etag, last_modified }: StoredFile): Record<string, string> => ({
  ...as,
  "accept-ranges": "bytes",
  ...(etag !== "" && { etag }),
  "last-modified": last_modified.toUTCString(),
});
