import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { s3Store } from "../../artifacts/s3.ts";
import type { DirectAccess, DirectUpload, UploadedPart } from "../../artifacts/store.ts";
import { needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { names, noise, put, text } from "./behaviours.ts";

const needed = needs(await versitygw(), versitygwIsMissing);
const MiB = 1024 * 1024;

type Store = ReturnType<typeof s3Store> & { direct: DirectAccess };

const test = (name: string, run: (store: Store, server: S3Server) => Promise<void>) =>
  Deno.test(name, needed, async () => {
    await using server = await startVersitygw();
    using store = s3Store(`s3://${server.bucket}/some/prefix`, server);
    const { direct } = store;
    ok(direct);
    await run({ ...store, direct }, server);
  });

/** Sends these parts as a client does, and answers what the store said of them. */
async function send({ credentials }: DirectUpload, parts: Uint8Array<ArrayBuffer>[]): Promise<UploadedPart[]> {
  return await Promise.all(credentials.map(async ({ url, part_number, headers }) => {
    const answer = await fetch(url, { method: "PUT", body: parts[part_number - 1]!, headers });
    equal(answer.status, 200, await answer.text());
    return { part_number, etag: answer.headers.get("etag") ?? "" };
  }));
}

const odd = "d d/ü 葡萄 50% a+b=c&d;e,'f' (1) [2] 😀.bin";

test("a file that a client sends in parts to the store itself is one file", async ({ direct, ...store }) => {
  const parts = [noise(5 * MiB), noise(5 * MiB), noise(3)];
  for (const path of ["a.bin", odd]) {
    const upload = await direct.startUpload(path, 3);
    deepEqual(upload.credentials.map(({ part_number }) => part_number), [1, 2, 3]);
    equal(await store.get(path), undefined);
    const sent = await send(upload, parts);
    const { size, checksum } = await direct.completeUpload(path, upload.upload_id, sent);
    equal(size, 10 * MiB + 3);
    ok(/^etag:[0-9a-f]{32}-3$/.test(checksum), checksum);
    const file = await store.get(path);
    deepEqual(await new Response(file?.stream).bytes(), await new Blob(parts).bytes());
  }
});

test("the tags of parts count with and without their quotes", async ({ direct }) => {
  for (
    const spelling of [(tag: string) => tag, (tag: string) => tag.replaceAll('"', ""), (tag: string) => `W/${tag}`]
  ) {
    const upload = await direct.startUpload("a", 1);
    const sent = await send(upload, [noise(10)]);
    const parts = sent.map(({ part_number, etag }) => ({ part_number, etag: spelling(etag) }));
    equal((await direct.completeUpload("a", upload.upload_id, parts)).size, 10);
  }
});

test("parts that are not those of the upload are refused with the store's reason", async ({ direct, ...store }) => {
  const upload = await direct.startUpload("a", 3);
  const [one, two, three] = await send(upload, [noise(5 * MiB), noise(4), noise(5)]);
  ok(one && two && three);
  const wrong: UploadedPart[][] = [
    [{ ...one, etag: "0123456789abcdef0123456789abcdef" }, two],
    [{ ...one, etag: "<x>&" }, two],
    [{ ...one, etag: "" }],
    [{ ...one, part_number: 7 }],
    [two, one],
    [one, one],
    [one, two, three],
  ];
  for (const parts of wrong) {
    await rejects(direct.completeUpload("a", upload.upload_id, parts), {
      code: "INVALID_PARAMETER_VALUE",
      message: /^The artifact store refused the parts: \w+: /,
    });
  }
  equal(await store.get("a"), undefined);
  equal((await direct.completeUpload("a", upload.upload_id, [one, two])).size, 5 * MiB + 4);
});

test("an upload that is not under way cannot be completed, and dropping it is fine", async ({ direct, ...store }) => {
  await put(store, "there", "old");
  const upload = await direct.startUpload("a", 1);
  const parts = await send(upload, [noise(10)]);
  const ids = ["nope", "", ".", "..", "../x", "a/../../x", "a//b", "x?y=z&#", "\0", "ü", "x".repeat(5000)];
  for (
    const [path, id] of [["b", upload.upload_id], ...ids.flatMap((id) => [["a", id], ["there", id]])] as [
      string,
      string,
    ][]
  ) {
    await rejects(direct.completeUpload(path, id, parts), { code: "RESOURCE_DOES_NOT_EXIST" });
    await direct.abortUpload(path, id);
  }
  equal(await text(store, "there"), "old");
  await direct.abortUpload("a", upload.upload_id);
  await direct.abortUpload("a", upload.upload_id);
  await rejects(direct.completeUpload("a", upload.upload_id, parts), { code: "RESOURCE_DOES_NOT_EXIST" });
  deepEqual(await names(store, ""), ["there"]);
});

test("an upload whose completion was not heard of can be completed again", async ({ direct }, server) => {
  const upload = await direct.startUpload("a", 2);
  const parts = await send(upload, [noise(5 * MiB), noise(10)]);
  const first = await direct.completeUpload("a", upload.upload_id, parts);
  deepEqual(await direct.completeUpload("a", upload.upload_id, parts), first);
  // This store remembers what it completed; one that does not is asked for the file instead.
  const other = s3Store(`s3://${server.bucket}/some/prefix`, server).direct;
  deepEqual(await other?.completeUpload("a", "forgotten", parts), first);
  await rejects(other!.completeUpload("a", "forgotten", parts.slice(1)), { code: "RESOURCE_DOES_NOT_EXIST" });
});

test("a URL to upload to holds for its path, its method, its headers and 15 minutes at most", async (store, server) => {
  const { url, headers } = await store.direct.signUpload(odd, 86_400);
  deepEqual(headers, { "Content-Type": "application/octet-stream" });
  const { searchParams, origin, pathname } = new URL(url);
  equal(searchParams.get("X-Amz-Expires"), "900");
  equal(searchParams.get("X-Amz-SignedHeaders"), "content-type;host");
  equal(`${origin}${pathname}`, `${server.endpoint}/artifacts/some/prefix/${escaped(odd)}`);
  const status = async (url: string, init: RequestInit) => {
    const answer = await fetch(url, init);
    await answer.body?.cancel();
    return answer.status;
  };
  const body = "hello";
  equal(await status(url.replace("some/prefix", "some/other"), { method: "PUT", headers, body }), 403);
  equal(await status(url, { headers }), 403);
  equal(await status(url, { method: "DELETE", headers }), 403);
  equal(await status(url, { method: "PUT", headers: { "content-type": "text/html" }, body }), 403);
  equal(await store.get(odd), undefined);
  equal(await status(url, { method: "PUT", headers, body }), 200);
  equal(await text(store, odd), "hello");
  equal(new URL((await store.direct.signUpload("a", 10)).url).searchParams.get("X-Amz-Expires"), "10");
});

test("a URL to download from holds for its path and method, in ranges too, and makes browsers save the file", async (store) => {
  for (const path of ["d/a.html", odd]) {
    await put(store, path, "0123456789");
    const signed = await store.direct.signDownload(path, 86_400);
    ok(signed);
    deepEqual([signed.file_size, signed.headers], [10, {}]);
    equal(new URL(signed.url).searchParams.get("X-Amz-Expires"), "900");
    const whole = await fetch(signed.url);
    equal(await whole.text(), "0123456789");
    ok(whole.headers.get("content-disposition")?.startsWith("attachment; filename"));
    const part = await fetch(signed.url, { headers: { range: "bytes=2-4" } });
    deepEqual([part.status, await part.text()], [206, "234"]);
    const put_ = await fetch(signed.url, { method: "PUT", body: "x" });
    await put_.body?.cancel();
    equal(put_.status, 403);
    equal(await text(store, path), "0123456789");
  }
  equal(await store.direct.signDownload("none", 900), undefined);
  equal(await store.direct.signDownload("d", 900), undefined);
});

test("ten thousand parts can be signed", async ({ direct }) => {
  const { credentials, upload_id } = await direct.startUpload("a", 10_000);
  equal(new Set(credentials.map(({ url }) => url)).size, 10_000);
  equal(new URL(credentials.at(-1)!.url).searchParams.get("partNumber"), "10000");
  await direct.abortUpload("a", upload_id);
});

test("a store that refuses says why to clients that want to reach it themselves", async (_, server) => {
  using store = s3Store("s3://no-such-bucket", server);
  const direct = store.direct!;
  const message = /^The artifact store refused: NoSuchBucket: /;
  await rejects(direct.startUpload("a", 1), { code: "RESOURCE_CONFLICT", message });
  await rejects(direct.completeUpload("a", "x", [{ part_number: 1, etag: "x" }]), {
    code: "RESOURCE_CONFLICT",
    message,
  });
});

const escaped = (path: string): string =>
  path.split("/").map((name) =>
    encodeURIComponent(name).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  ).join("/");
