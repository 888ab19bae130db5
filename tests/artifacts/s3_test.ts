import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { openStore } from "../../artifacts/open.ts";
import { s3Store } from "../../artifacts/s3.ts";
import { ApiError } from "../../domain/errors.ts";
import { freePort, needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { body, broken, names, noise, put, storeBehaviours, text } from "./behaviours.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

/** A store in a new bucket of a server of its own. `prefix` is what follows the bucket in its URL. */
async function s3StoreOfItsOwn(prefix = "/some/prefix") {
  const server = await startVersitygw();
  const store = s3Store(`s3://${server.bucket}${prefix}`, server);
  return {
    ...store,
    server,
    [Symbol.asyncDispose]: async () => {
      store[Symbol.dispose]();
      await server.stop();
    },
  };
}

storeBehaviours("S3", needed, s3StoreOfItsOwn);

const test = (name: string, run: (server: S3Server) => Promise<void>) =>
  Deno.test(name, needed, async () => {
    await using server = await startVersitygw();
    await run(server);
  });

test("two stores in one bucket do not see each other's files", async (server) => {
  using one = s3Store(`s3://${server.bucket}/one`, server);
  using other = s3Store(`s3://${server.bucket}/one-more/deep/`, server);
  using all = s3Store(`s3://${server.bucket}`, server);
  await put(one, "a", "1");
  await put(other, "b", "2");
  deepEqual([await names(one, ""), await names(other, ""), await names(all, "")], [["a"], ["b"], ["one", "one-more"]]);
  equal(await text(all, "one-more/deep/b"), "2");
  await all.remove("one");
  deepEqual([await names(one, ""), await names(other, "")], [[], ["b"]]);
});

test("an upload that fails leaves no parts behind that are paid for", async (server) => {
  using store = s3Store(`s3://${server.bucket}`, server);
  await rejects(store.put("a", broken([noise(30_000_000)])), { code: "BAD_REQUEST" });
  await rejects(store.put("a", body(noise(30_000_000)), { size: 30_000_001 }), { code: "INVALID_PARAMETER_VALUE" });
  const client = new S3Client({ ...server, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: server.bucket }));
  client.destroy();
  deepEqual(Uploads, []);
  deepEqual(await store.list(""), []);
});

test("an upload that the store refuses stops its sender", async (server) => {
  using store = s3Store("s3://no-such-bucket", server);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(noise(++sent && 1024 * 1024)),
    cancel: () => void (sent = -1),
  });
  await rejects(store.put("a", endless), { code: "RESOURCE_CONFLICT" });
  equal(sent, -1);
});

const errors = async (store: ReturnType<typeof s3Store>): Promise<Set<string>> => {
  const attempts = [
    put(store, "a", ""),
    store.put("b", body(noise(9_000_000))),
    text(store, "a"),
    store.list(""),
    store.remove("a"),
  ];
  return new Set((await Promise.allSettled(attempts)).map((outcome) => {
    if (outcome.status === "fulfilled") return "no error";
    const error = outcome.reason;
    return error instanceof ApiError ? `${error.status} ${error.message}` : `not an ApiError: ${error}`;
  }));
};

test("the store's own reason is told when it refuses", async (server) => {
  const { accessKeyId } = server.credentials;
  using wrongSecret = s3Store(`s3://${server.bucket}`, {
    ...server,
    credentials: { accessKeyId, secretAccessKey: "wrong" },
  });
  for (const told of await errors(wrongSecret)) {
    ok(told.startsWith("403 The artifact store refused: SignatureDoesNotMatch: "), told);
  }
  using wrongKey = s3Store(`s3://${server.bucket}`, {
    ...server,
    credentials: { accessKeyId: "nobody", secretAccessKey: "x" },
  });
  for (const told of await errors(wrongKey)) {
    ok(/^4.. The artifact store refused: (InvalidAccessKeyId|XAdminUserNotFound): /.test(told), told);
  }
  using wrongBucket = s3Store("s3://no-such-bucket", server);
  for (const told of await errors(wrongBucket)) {
    ok(told.startsWith("409 The artifact store refused: NoSuchBucket: "), told);
  }
});

Deno.test("a store that cannot be reached is said to be so", async () => {
  const endpoint = `http://127.0.0.1:${freePort()}`;
  using store = s3Store("s3://bucket", { endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  for (const told of await errors(store)) {
    ok(/^503 The artifact store cannot be reached: .*ECONNREFUSED/.test(told), told);
  }
});

test("a check tells in one sentence what is wrong with a store", async (server) => {
  using store = s3Store("s3://no-such-bucket/x", server);
  await rejects(store.check(), {
    name: "Error",
    message: /^The artifact store s3:\/\/no-such-bucket\/x\/ cannot be used: it refused: NoSuchBucket: [^\n]+$/,
  });
});

test("openStore finds a bucket by its URL", async (server) => {
  const store = await openStore(`s3://${server.bucket}/x`, { s3: server });
  await put(store, "a", "one");
  equal(await Deno.readTextFile(`${server.folder}/x/a`), "one");
});

Deno.test("a root that leads away from its bucket is refused", () => {
  for (const root of ["s3:///x", "s3://b/../x", "s3://b/x#y", "s3://b/%2e%2e/x", "s3://user@b/x", "s3://b?x"]) {
    throws(() => s3Store(root), {
      name: "Error",
      message: `The artifact root ${root} is not of the form s3://bucket/prefix.`,
    });
  }
});
