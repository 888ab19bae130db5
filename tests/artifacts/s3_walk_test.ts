import { deepEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { s3Store } from "../../artifacts/s3.ts";
import { needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { put, text } from "./behaviours.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

type Store = ReturnType<typeof s3Store>;

/** A store below a prefix, and a client that sees the whole bucket. */
const test = (name: string, run: (store: Store, client: S3Client, server: S3Server) => Promise<void>) =>
  Deno.test(name, needed, async () => {
    await using server = await startVersitygw();
    using store = s3Store(`s3://${server.bucket}/pre`, server);
    const client = new S3Client({ ...server, forcePathStyle: true });
    await run(store, client, server);
    client.destroy();
  });

const walked = async (store: Store, path = ""): Promise<string[]> =>
  await Array.fromAsync(store.walk(path), (file) => file.path);

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function atOnce<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += 20) await Promise.all(items.slice(i, i + 20).map(work));
}

const names =
  "a|a-|a.|a0|aa|A|with space|percent%|50%25|a%20b|ünïcode|e\u0301|日本語|～|😀|\u{10ffff}|plus+|amp&|eq=1|at@|semi;colon|q?mark|" +
  "[0]|{x}|'q'|\"dq\"|<x>|~home| lead|trail |*|$x|a,b|!|(x)|^|`x`|..dots|C:0.1";

test("walking meets every file once, in the order of the bytes, whatever the names", async (store) => {
  const paths = names.split("|").flatMap((name) => [`${name}/${name}`, `${name}/in/${name}.txt`, `x/${name}`]);
  await atOnce(paths, (path) => put(store, path, path));
  deepEqual(await walked(store), paths.toSorted(byBytes));
  for (const folder of ["a", "a%20b", "😀", "with space", "plus+/in"]) {
    deepEqual(await walked(store, folder), paths.filter((path) => path.startsWith(`${folder}/`)).toSorted(byBytes));
  }
  deepEqual(await walked(store, "none"), []);
  for await (const { path, size, last_modified } of store.walk("")) {
    equal(size, Buffer.from(path).byteLength);
    ok(Math.abs(last_modified.getTime() - Date.now()) < 60_000);
  }
});

test(
  "walking meets what others put there, but for folders and what lies beside the prefix",
  async (store, client, s3) => {
    const keys = ["pre/a#b", "pre/back\\slash", "pre/folder/", "pre/folder/x", "prefix/y", "pre2", "other"];
    for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body: new Uint8Array() }));
    deepEqual(await walked(store), ["a#b", "back\\slash", "folder/x"]);
    using whole = s3Store(`s3://${s3.bucket}`, s3);
    deepEqual(await walked(whole), keys.filter((key) => !key.endsWith("/")).toSorted(byBytes));
  },
);

test("walking goes on over the pages of a long list, and may end before it does", async (store) => {
  const many = Array.from({ length: 1203 }, (_, i) => `d${i % 3}/f${`${i}`.padStart(4, "0")} #%+ü`.replace("#", ""));
  await atOnce(many, (path) => put(store, path, path));
  deepEqual(await walked(store), many.toSorted(byBytes));
  for await (const { path } of store.walk("d1")) {
    equal(await text(store, path), path);
    break;
  }
});

test(
  "uploads that never ended are removed, page after page, but for young ones and those beside the prefix",
  async (store, client, s3) => {
    const under = names.split("|").map((name) => `pre/${name}/${name}#%`);
    const keys = [...under, ...Array.from({ length: 1100 - under.length }, (_, i) => `pre/d/${i}`)];
    const start = (Key: string) => client.send(new CreateMultipartUploadCommand({ Bucket: s3.bucket, Key }));
    await atOnce(keys, start);
    // Two of one file.
    await start(keys[0]!);
    await start("prefix/a");
    equal(await store.removeUnfinished(new Date(Date.now() - 3_600_000)), 0);
    equal(await store.removeUnfinished(new Date(Date.now() + 3_600_000)), 1101);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
    deepEqual(Uploads.map(({ Key }) => Key), ["prefix/a"]);
    equal(await store.removeUnfinished(new Date(Date.now() + 3_600_000)), 0);
  },
);
