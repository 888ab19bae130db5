import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { ContainerSASPermissions } from "@azure/storage-blob";
import { azureStore } from "../../artifacts/azure.ts";
import { openStore } from "../../artifacts/open.ts";
import type { ArtifactStore } from "../../artifacts/store.ts";
import { ApiError } from "../../domain/errors.ts";
import { type AzureServer, azurite, azuriteIsMissing, startAzurite } from "../azurite.ts";
import { freePort, needs } from "../tools.ts";
import { storeBehaviours } from "./behaviours.ts";
import { body, digest, MiB, names, noise, put, text, walked } from "./contents.ts";

const needed = needs(await azurite(), azuriteIsMissing);

/** A store in a new container of a server of its own. */
async function azureStoreOfItsOwn() {
  const server = await startAzurite();
  return { ...azureStore(`${server.root}/some/prefix`, server), [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

storeBehaviours("Azure Blob", needed, azureStoreOfItsOwn);

const test = (name: string, run: (server: AzureServer) => Promise<void>) =>
  Deno.test(name, needed, async () => {
    await using server = await startAzurite();
    await run(server);
  });

test("two stores in one container do not see each other's files", async (server) => {
  const one = azureStore(`${server.root}/one`, server);
  const other = azureStore(`${server.root}/one-more/deep/`, server);
  const all = await openStore(server.root, { azure: server });
  await put(one, "a", "1");
  await put(other, "b", "2");
  deepEqual([await names(one, ""), await names(other, ""), await names(all, "")], [["a"], ["b"], ["one", "one-more"]]);
  equal(await text(all, "one-more/deep/b"), "2");
  deepEqual([await walked(one, ""), await walked(all, "")], [["a"], ["one-more/deep/b", "one/a"]]);
  await all.remove("one");
  deepEqual([await names(one, ""), await names(other, "")], [[], ["b"]]);
});

test("a file and a folder in Azure Blob may have the same name", async (server) => {
  const store = azureStore(`${server.root}/x`, server);
  const files = ["a", "a.b", "a/b", "a/b/c", "a0"];
  for (const path of files) await put(store, path, path);
  deepEqual(await walked(store, ""), files);
  deepEqual(await names(store, "a"), ["b", "b"]);
  equal(await text(store, "a"), "a");
  await store.remove("a/b");
  deepEqual(await walked(store, ""), ["a", "a.b", "a0"]);
});

test("what Hadoop notes of a folder in Azure Blob is no file", async (server) => {
  const store = azureStore(`${server.root}/x`, server);
  for (const name of ["x", "x/d", "x/d/e"]) {
    await server.client.getBlockBlobClient(name).upload("", 0, { metadata: { hdi_isfolder: "true" } });
  }
  await put(store, "d/e/f", "1");
  deepEqual(await store.list(""), [{ path: "d", is_dir: true }]);
  deepEqual(await walked(store, ""), ["d/e/f"]);
  await rejects(store.get("d"), { code: "INVALID_PARAMETER_VALUE" });
  equal(await store.direct?.signDownload("d", 60), undefined);
  equal(await store.removeUnfinished(new Date(Date.now() + 60_000)), 0);
  await store.remove("d");
  deepEqual(await Array.fromAsync(server.client.listBlobsFlat(), ({ name }) => name), ["x"]);
});

test("of big uploads to one path in Azure Blob one wins whole, and others are told to try again", async (server) => {
  const store = azureStore(server.root, server);
  const contents = [noise(20 * MiB), noise(17 * MiB), noise(25 * MiB)];
  const outcomes = await Promise.allSettled(contents.map((content) => store.put("a", body(content))));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") equal(outcome.reason.code, "RESOURCE_CONFLICT");
  }
  ok(outcomes.some(({ status }) => status === "fulfilled"));
  const file = await store.get("a");
  const kept = await digest(await new Response(file?.stream).arrayBuffer());
  ok((await Promise.all(contents.map(digest))).includes(kept));
});

test("an upload that Azure Blob refuses stops its sender", async (server) => {
  const store = azureStore(server.root.replace("artifacts", "no-such"), server);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(noise(++sent && MiB)),
    cancel: () => void (sent = -1),
  });
  await rejects(store.put("a", endless), { code: "RESOURCE_CONFLICT" });
  equal(sent, -1);
});

const errors = async (store: ArtifactStore): Promise<Set<string>> => {
  const attempts = [
    put(store, "a", ""),
    store.put("b", body(noise(9_000_000))),
    text(store, "a"),
    store.list(""),
    walked(store, ""),
    store.remove("a"),
    store.removeUnfinished(new Date()),
    store.direct?.signDownload("a", 60),
    store.direct?.completeUpload("a", crypto.randomUUID(), []),
    store.direct?.abortUpload("a", crypto.randomUUID()),
  ];
  return new Set((await Promise.allSettled(attempts.filter((one) => one !== undefined))).map((outcome) => {
    if (outcome.status === "fulfilled") return "no error";
    const error = outcome.reason;
    return error instanceof ApiError ? `${error.status} ${error.message}` : `not an ApiError: ${error}`;
  }));
};

test("Azure Blob's own reason is told when it refuses", async (server) => {
  const { account, endpoint, root } = server;
  const wrongKey = `AccountName=${account};AccountKey=${btoa("wrong")};BlobEndpoint=${endpoint}`;
  for (const told of await errors(azureStore(root, { connectionString: wrongKey }))) {
    ok(/^403 The artifact store refused: AuthorizationFailure(?:: Server failed to auth[^\n]+)?$/.test(told), told);
  }
  for (const told of await errors(azureStore(root.replace("artifacts", "no-such"), server))) {
    ok(told.startsWith("409 The artifact store refused: ContainerNotFound"), told);
  }
});

/** A store whose server is not Azure's. */
const storeAt = (port: number): ArtifactStore =>
  azureStore("wasbs://artifacts@someone.blob.core.windows.net", {
    connectionString: `AccountName=someone;AccountKey=${btoa("key")};BlobEndpoint=http://127.0.0.1:${port}/someone`,
  });

Deno.test("a store in Azure Blob that cannot be reached is said to be so", async () => {
  for (const told of await errors(storeAt(freePort()))) {
    ok(/^503 The artifact store cannot be reached: .*ECONNREFUSED/.test(told), told);
  }
});

Deno.test("a store in Azure Blob that is busy is asked three times", async () => {
  let asked = 0;
  const xml = "<?xml version='1.0'?><Error><Code>ServerBusy</Code><Message>Not now.\nRequestId:1</Message></Error>";
  const headers = { "content-type": "application/xml", "x-ms-error-code": "ServerBusy" };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return new Response(xml, { status: 503, headers });
  });
  await rejects(storeAt(server.addr.port).list(""), {
    code: "TEMPORARILY_UNAVAILABLE",
    message: "The artifact store refused: ServerBusy: Not now.",
  });
  equal(asked, 3);
});

test("a file that breaks off on its way from Azure Blob is taken up where it broke", async (server) => {
  const content = noise(3 * MiB);
  await server.client.getBlockBlobClient("a").uploadData(content);
  let broke = 0;
  const proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const client of proxy) {
      const store = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(server.endpoint).port) });
      // The first two connections are cut after a megabyte.
      let left = ++broke < 3 ? MiB : Infinity;
      const cut = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          left -= chunk.byteLength;
          if (left < 0) throw new Error("cut");
          controller.enqueue(chunk);
        },
      });
      client.readable.pipeTo(store.writable).catch(() => {});
      store.readable.pipeThrough(cut).pipeTo(client.writable).catch(() => {});
    }
  })();
  const endpoint = `http://127.0.0.1:${proxy.addr.port}/${server.account}`;
  const connectionString = `AccountName=${server.account};AccountKey=${server.key};BlobEndpoint=${endpoint}`;
  const file = await azureStore(server.root, { connectionString }).get("a");
  equal(await digest(await new Response(file?.stream).arrayBuffer()), await digest(content));
  ok(broke >= 3, `${broke}`);
  proxy.close();
  await accepting;
});

test("a store opened by a SAS token works, hands out no URLs and tells no token", async (server) => {
  const url = await server.client.generateSasUrl({
    permissions: ContainerSASPermissions.parse("rwdlc"),
    expiresOn: new Date(Date.now() + 60_000),
  });
  const sas = new URL(url).search.slice(1);
  const connectionString = (endpoint: string) => `BlobEndpoint=${endpoint};SharedAccessSignature=${sas}`;
  const store = azureStore(`${server.root}/x`, { connectionString: connectionString(server.endpoint) });
  await store.check();
  await put(store, "a/b", "one");
  deepEqual([await text(store, "a/b"), await walked(store, "")], ["one", ["a/b"]]);
  await store.remove("a");
  equal(store.direct, undefined);
  const nobody = `http://127.0.0.1:${freePort()}/${server.account}`;
  const told = [
    ...await errors(azureStore(server.root, { connectionString: connectionString(nobody) })),
    ...await errors(
      azureStore(server.root.replace("artifacts", "other"), { connectionString: connectionString(server.endpoint) }),
    ),
  ];
  for (const message of told) ok(/^[45]\d\d The artifact store/.test(message) && !message.includes("sig="), message);
});

test("a check tells in one sentence what is wrong with a store in Azure Blob", async (server) => {
  await rejects(azureStore(server.root.replace("artifacts", "no-such"), server).check(), {
    name: "Error",
    message:
      /^The artifact store wasbs:\/\/no-such@weir\.blob\.core\.windows\.net\/ cannot be used: it refused: ContainerNotFound: [^\n]+$/,
  });
});
