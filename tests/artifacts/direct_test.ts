import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { azureStore } from "../../artifacts/azure.ts";
import { s3Store } from "../../artifacts/s3.ts";
import type { ArtifactStore, DirectAccess, SignedUrl, UploadedPart } from "../../artifacts/store.ts";
import { azurite, azuriteIsMissing, startAzurite } from "../azurite.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { digest, MiB, names, noise, type OpenStore, put, text, walked } from "./contents.ts";

const later = () => new Date(Date.now() + 86_400_000);

async function send({ url, headers }: SignedUrl, content: BodyInit, method = "PUT"): Promise<Response> {
  const answer = await fetch(url, { method, headers, body: content });
  await answer.body?.cancel();
  return answer;
}

/** Sends parts as MLflow's Python client does, with the ETag that it is answered or an empty one. */
async function sendParts(direct: DirectAccess, path: string, parts: Uint8Array<ArrayBuffer>[]) {
  const { upload_id, credentials } = await direct.startUpload(path, parts.length);
  deepEqual(credentials.map(({ part_number }) => part_number), parts.map((_, i) => i + 1));
  const uploaded: UploadedPart[] = [];
  for (const credential of credentials) {
    const answer = await send(credential, parts[credential.part_number - 1]!);
    ok(answer.ok, `${answer.status}`);
    uploaded.push({ part_number: credential.part_number, etag: answer.headers.get("etag") ?? "" });
  }
  return { upload_id, uploaded, credentials };
}

/** What every store does that clients may reach themselves. */
function directBehaviours(name: string, options: { ignore: boolean }, open: OpenStore): void {
  const test = (behaviour: string, run: (store: ArtifactStore, direct: DirectAccess) => Promise<void>) =>
    Deno.test(`clients of a store in ${name} ${behaviour}`, options, async () => {
      await using store = await open();
      ok(store.direct);
      await run(store, store.direct);
    });
  parts(test);
  abandoned(test);
  single(test);
}

type Test = (behaviour: string, run: (store: ArtifactStore, direct: DirectAccess) => Promise<void>) => void;

const odd = "d/a b/%25+ünï\u{1f600}?x=1&y='.csv";

function parts(test: Test): void {
  test("upload a file in parts", async (store, direct) => {
    const content = noise(10 * MiB + 7);
    const pieces = [content.slice(0, 5 * MiB), content.slice(5 * MiB, 10 * MiB), content.slice(10 * MiB)];
    for (const path of [odd, "big.bin", "big.bin"]) {
      const { upload_id, uploaded } = await sendParts(direct, path, pieces);
      const receipt = await direct.completeUpload(path, upload_id, uploaded);
      equal(receipt.size, content.byteLength);
      ok(/^etag:[^"]+$/.test(receipt.checksum), receipt.checksum);
      const file = await store.get(path);
      equal(await digest(await new Response(file?.stream).arrayBuffer()), await digest(content));
      deepEqual(await direct.completeUpload(path, upload_id, uploaded), receipt);
    }
    deepEqual(await walked(store, ""), ["big.bin", odd]);
    equal(await store.removeUnfinished(later()), 0);
  });

  test("get the parts in the order of their numbers, whenever each was sent", async (store, direct) => {
    const { upload_id, credentials } = await direct.startUpload("a", 2);
    const pieces = [noise(5 * MiB), new TextEncoder().encode("end")];
    const uploaded: UploadedPart[] = [];
    for (const credential of credentials.toReversed()) {
      const { headers } = await send(credential, pieces[credential.part_number - 1]!);
      uploaded.unshift({ part_number: credential.part_number, etag: headers.get("etag") ?? "" });
    }
    await direct.completeUpload("a", upload_id, uploaded);
    equal(await text(store, "a", { start: 5 * MiB }), "end");
  });

  test("see nothing of a file before it is complete", async (store, direct) => {
    await put(store, "d/old", "old");
    for (const path of ["d/old", "d/new"]) await sendParts(direct, path, [noise(MiB)]);
    equal(await text(store, "d/old"), "old");
    equal(await store.get("d/new"), undefined);
    deepEqual(await names(store, "d"), ["old"]);
    deepEqual(await walked(store, ""), ["d/old"]);
  });

  test("are refused what they did not upload", async (store, direct) => {
    const { upload_id, uploaded } = await sendParts(direct, "a", [noise(5 * MiB), noise(3)]);
    const missing = { code: "RESOURCE_DOES_NOT_EXIST" };
    for (const id of ["", "x", "../a", crypto.randomUUID(), `${upload_id}x`]) {
      await rejects(direct.completeUpload("a", id, uploaded), missing);
      await direct.abortUpload("a", id);
    }
    await rejects(direct.completeUpload("b", upload_id, uploaded), missing);
    const third = { part_number: 3, etag: uploaded[0]!.etag };
    await rejects(direct.completeUpload("a", upload_id, [...uploaded, third]), { code: "INVALID_PARAMETER_VALUE" });
    await rejects(direct.completeUpload("a", upload_id, []), { code: "INVALID_PARAMETER_VALUE" });
    deepEqual(await walked(store, ""), []);
    equal((await direct.completeUpload("a", upload_id, uploaded)).size, 5 * MiB + 3);
  });
}

function abandoned(test: Test): void {
  test("leave nothing when they abort", async (store, direct) => {
    const { upload_id, uploaded } = await sendParts(direct, "d/a", [noise(5 * MiB), noise(3)]);
    await direct.abortUpload("d/a", upload_id);
    await direct.abortUpload("d/a", upload_id);
    await rejects(direct.completeUpload("d/a", upload_id, uploaded), { code: "RESOURCE_DOES_NOT_EXIST" });
    deepEqual([await names(store, ""), await walked(store, "")], [[], []]);
  });

  test("keep what they completed when they abort it after all", async (store, direct) => {
    const { upload_id, uploaded } = await sendParts(direct, "d/a", [noise(3)]);
    await direct.completeUpload("d/a", upload_id, uploaded);
    await direct.abortUpload("d/a", upload_id);
    equal((await store.get("d/a").then(async (file) => (await file?.stream.cancel(), file)))?.size, 3);
  });

  test("lose what they began before a time and did not end", async (store, direct) => {
    const before = new Date(Date.now() - 60_000);
    const { upload_id, uploaded } = await sendParts(direct, "d/a", [noise(5 * MiB)]);
    equal(await store.removeUnfinished(before), 0);
    equal(await store.removeUnfinished(later()), 1);
    equal(await store.removeUnfinished(later()), 0);
    await rejects(direct.completeUpload("d/a", upload_id, uploaded), { code: "RESOURCE_DOES_NOT_EXIST" });
    deepEqual(await walked(store, ""), []);
  });
}

function single(test: Test): void {
  test("upload a file to a URL", async (store, direct) => {
    for (const [path, content] of [[odd, "one"], [odd, "another"], ["empty", ""]] as const) {
      equal((await send(await direct.signUpload(path, 900), content)).ok, true);
      equal(await text(store, path), content);
    }
  });

  test("download a file and a range of it from a URL, as a download", async (store, direct) => {
    for (const path of [odd, "a.html"]) {
      await put(store, path, "0123456789");
      const signed = await direct.signDownload(path, 900);
      equal(signed?.file_size, 10);
      const whole = await fetch(signed.url, { headers: signed.headers });
      equal(await whole.text(), "0123456789");
      ok(whole.headers.get("content-disposition")?.startsWith("attachment; filename="));
      const range = await fetch(signed.url, { headers: { ...signed.headers, range: "bytes=2-4" } });
      deepEqual([range.status, await range.text()], [206, "234"]);
    }
    equal(await direct.signDownload("missing", 900), undefined);
    equal(await direct.signDownload("d", 900), undefined);
  });

  test("cannot do with a URL what it is not for", async (store, direct) => {
    for (const path of ["a", "b"]) await put(store, path, path);
    const download = await direct.signDownload("a", 900);
    const upload = await direct.signUpload("a", 900);
    const [part] = (await direct.startUpload("a", 1)).credentials;
    ok(download && part);
    const refused = async (signed: SignedUrl, method: string, change = (url: string) => url) => {
      const url = change(signed.url);
      const answer = await fetch(url, { method, headers: signed.headers, ...(method === "PUT" && { body: "x" }) });
      await answer.body?.cancel();
      ok([400, 403, 404].includes(answer.status), `${method} ${url}: ${answer.status}`);
    };
    const elsewhere = (url: string) => url.replace(/\/a\?/, "/b?");
    const longer = (url: string) => url.replace(/(?<=X-Amz-Expires=)900/, "9000").replace(/(?<=[?&]se=)20/, "21");
    for (const method of ["PUT", "DELETE"]) await refused(download, method);
    for (const method of ["GET", "DELETE"]) for (const signed of [upload, part]) await refused(signed, method);
    for (const change of [elsewhere, longer]) {
      await refused(download, "GET", change);
      for (const signed of [upload, part]) await refused(signed, "PUT", change);
    }
    deepEqual([await text(store, "a"), await text(store, "b")], ["a", "b"]);
  });

  test("hold a URL for 15 minutes at the most", async (store, direct) => {
    await put(store, "a", "");
    const urls = [
      await direct.signUpload("a", 1e6),
      await direct.signDownload("a", 1e6),
      ...(await direct.startUpload("a", 2)).credentials,
    ];
    for (const { url } of urls.filter((signed) => signed !== undefined)) {
      const { searchParams } = new URL(url);
      const seconds = searchParams.get("X-Amz-Expires") ??
        (Date.parse(searchParams.get("se") ?? "") - Date.now()) / 1000;
      ok(Number(seconds) > 800 && Number(seconds) <= 900, `${seconds}`);
    }
  });
}

directBehaviours("S3", needs(await versitygw(), versitygwIsMissing), async () => {
  const server = await startVersitygw();
  const store = s3Store(`s3://${server.bucket}/some/prefix`, server);
  const end = async () => {
    store[Symbol.dispose]();
    await server.stop();
  };
  return { ...store, [Symbol.asyncDispose]: end };
});

directBehaviours("Azure Blob", needs(await azurite(), azuriteIsMissing), async () => {
  const server = await startAzurite();
  return { ...azureStore(`${server.root}/some/prefix`, server), [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
});
