import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { type ArtifactStores, openStores, type StoresOptions } from "../../artifacts/stores.ts";
import { ApiError } from "../../domain/errors.ts";
import { azurite, azuriteIsMissing, startAzurite } from "../azurite.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { put, text } from "./contents.ts";

const azure = { account: "one", key: btoa("key") };
const s3 = { region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };

/** Stores with their own one in a data folder of their own. */
async function storesOfTheirOwn(options: StoresOptions = {}) {
  const dataDir = await Deno.realPath(await Deno.makeTempDir({ prefix: "weir-stores-" }));
  const stores = await openStores(`${dataDir}/artifacts`, { dataDir, s3, azure, ...options });
  const end = () => Deno.remove(dataDir, { recursive: true });
  return { ...stores, dataDir, url: `${pathToFileURL(dataDir)}`, [Symbol.asyncDispose]: end };
}

Deno.test("a URI of the own store leads into it, whatever server it names", async () => {
  await using stores = await storesOfTheirOwn();
  const home = "mlflow-artifacts:/";
  const folders = { "": "", "/": "", "/0/r": "0/r", "//host:5000/0/r/": "0/r", "0/r": "0/r", "///a//b": "a/b" };
  for (const [path, folder] of Object.entries(folders)) {
    deepEqual(await stores.at(`mlflow-artifacts:${path}`), { store: stores.own, folder, home });
  }
});

Deno.test("URIs of one bucket or container share a store, and those of others do not", async () => {
  await using stores = await storesOfTheirOwn();
  const host = "one.blob.core.windows.net";
  for (const [home, other] of [["s3://bucket/", "s3://bucket2/"], [`wasbs://abc@${host}/`, `wasbs://abd@${host}/`]]) {
    const whole = await stores.at(`${home}`);
    const places = await Promise.all(["x", "x/", "y//z"].map((path) => stores.at(`${home}${path}`)));
    deepEqual(places.map((place) => [place?.folder, place?.home]), [["x", home], ["x", home], ["y/z", home]]);
    for (const place of places) equal(place?.store, whole?.store);
    deepEqual(await stores.at(`${home}`.slice(0, -1)), whole);
    notEqual((await stores.at(`${other}x`))?.store, whole?.store);
  }
  const capital = await stores.at(`WASBS://abc@ONE.blob.core.windows.net/x`);
  deepEqual(capital, await stores.at(`wasbs://abc@${host}/x`));
});

Deno.test("a file: URI leads below the data folder, and nowhere else", async () => {
  await using stores = await storesOfTheirOwn();
  const { dataDir, url } = stores;
  const place = await stores.at(`${url}/mine/%C3%BC x`);
  ok(place);
  deepEqual([place.folder, place.home], ["mine/ü x", `${url}/`]);
  await put(place.store, `${place.folder}/a`, "one");
  equal(await Deno.readTextFile(`${dataDir}/mine/ü x/a`), "one");
  equal((await stores.at(`file:${dataDir}/mine`))?.folder, "mine");
  equal((await stores.at(`file://localhost${dataDir}/mine`))?.folder, "mine");
  const elsewhere = [
    "file:///",
    "file:///etc/passwd",
    "file:",
    "file://",
    "file:x",
    "file://host/x",
    "file:///..",
    url,
    `${url}/`,
    `${url}/.`,
    `${url}/../x`,
    `${url}/x/../..`,
    `${url}/%2e%2e/x`,
    `${url}-2/x`,
    `${url}x`,
    `${url}/a%2Fb`,
    `${url}/..%2f..%2fetc`,
    `file://host${dataDir}/x`,
  ]; // deno-fmt-ignore
  for (const uri of elsewhere) equal(await stores.at(uri), undefined, uri);
  for (const uri of [`${url}/a%00b`, `${url}/a%5Cb`, `${url}/a%23b`, `${url}/%252e%252e/x`, `${url}/a%0Ab`]) {
    await rejects(stores.at(uri), { code: "INVALID_PARAMETER_VALUE" }, uri);
  }
  equal(await (await openStores(dataDir, {})).at(`${url}/x`), undefined);
});

Deno.test("a file: URI never leads to what is Weir's own in the data folder", async () => {
  await using stores = await storesOfTheirOwn();
  const own = [
    "postgres",
    "postgres/base/1",
    "postgres.json",
    "postgres-settings/x",
    "secret.key",
    "secret.key.old",
    "SECRET.KEY",
    "Postgres/x",
    "x/../secret.key",
    "./secret.key",
    "%73ecret.key",
    "//secret.key",
    "postgre%C5%BF",
    "secret.%E2%84%AAey",
    "SECRET~1.KEY",
    "POSTGR~1/x",
    ".weir-tmp",
    ".weir-tmp/x",
    "artifacts/.weir-tmp/x",
    "artifacts/.WEIR-TMP",
  ]; // deno-fmt-ignore
  for (const path of own) equal(await stores.at(`${stores.url}/${path}`), undefined, path);
  equal((await stores.at(`${stores.url}/my-postgres/secrets`))?.folder, "my-postgres/secrets");
});

Deno.test("a URI of what the server does not keep leads nowhere", async () => {
  await using stores = await storesOfTheirOwn();
  for (
    const uri of [
      "",
      "/x",
      "x",
      "gs://b/x",
      "http://127.0.0.1/x",
      "dbfs:/x",
      "runs:/x",
      "abfss://c@a.dfs/x",
      ":",
      "C:\\x",
    ]
  ) {
    equal(await stores.at(uri), undefined, uri);
  }
});

Deno.test("a URI that is no place in a store is refused", async () => {
  await using stores = await storesOfTheirOwn();
  const host = "one.blob.core.windows.net";
  const refused = [
    "s3://",
    "s3:///x",
    "s3:x",
    "s3://user@b/x",
    "s3://user:secret@b/x",
    "s3://b:80/x",
    "s3://b/../x",
    "s3://b/x/%2e%2e/y",
    "s3://b/a\\b",
    "s3://[::1]/x",
    "s3://ü/x",
    "s3://b%2f/x",
    "s3://../b/x",
    "s3://./b",
    "mlflow-artifacts:/../x",
    "mlflow-artifacts:/x/..",
    "mlflow-artifacts:/%2e%2e/x",
    "mlflow-artifacts:/file:/etc",
    "wasbs://",
    `wasbs://${host}/x`,
    `wasbs://@${host}/x`,
    `wasbs://abc:secret@${host}/x`,
    `wasbs://abc@${host}:99/x`,
    `wasbs://abc@two.blob.core.windows.net/x`,
    "wasbs://abc@127.0.0.1/x",
    "wasbs://abc@169.254.169.254/x",
    `wasbs://abc@${host}/../x`,
    `wasbs://abc@evil.com@${host}/x`,
    `wasbs://abc@${host}.evil.com/x`,
  ]; // deno-fmt-ignore
  for (const uri of refused) await rejects(stores.at(uri), { name: "ApiError", status: 400 }, uri);
});

const pieces = fc.constantFrom(
  "s3:",
  "S3://",
  "wasbs://",
  "file:",
  "file://",
  "file:///",
  "mlflow-artifacts:",
  "//",
  "/",
  "..",
  ".",
  "@",
  ":",
  "%2e",
  "%2F",
  "%00",
  "%",
  "\\",
  "?",
  "#",
  "[",
  "]",
  "bucket",
  "abc",
  "one.blob.core.windows.net",
  "127.0.0.1",
  ":80",
  "secret.key",
  "postgres",
  "\0",
  "\n",
  " ",
  "ü",
  "\ud800",
  "DATA",
  "artifacts",
  "~1",
  "x".repeat(300),
); // deno-fmt-ignore

Deno.test("no URI gives anything but a place inside, nothing, or a refusal", async () => {
  await using stores = await storesOfTheirOwn();
  const uris = fc.array(fc.oneof({ weight: 9, arbitrary: pieces }, fc.string({ unit: "binary", maxLength: 3 })), { maxLength: 9 })
    .map((parts) => parts.join("").replaceAll("DATA", stores.dataDir));
  await fc.assert(
    fc.asyncProperty(uris, async (uri) => {
      const place = await stores.at(uri).catch((error) => {
        if (error instanceof ApiError && error.status === 400) return undefined;
        throw error;
      });
      if (place === undefined) return;
      ok(!place.folder.split("/").some((name) => name === ".." || name === "."), place.folder);
      if (place.home.startsWith("file:")) ok(!/^(postgres|secret\.key)/i.test(place.folder), place.folder);
      if (place.home.startsWith("wasbs:")) ok(place.home.endsWith("@one.blob.core.windows.net/"), place.home);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("a key of Azure without an account is that of the root's, and of no other", async () => {
  const root = "wasbs://artifacts@one.blob.core.windows.net/x";
  const stores = await openStores(root, { azure: { key: azure.key } });
  equal((await stores.at("wasbs://other@one.blob.core.windows.net/y"))?.folder, "y");
  await rejects(stores.at("wasbs://other@two.blob.core.windows.net/y"), { status: 400, message: /account two\.$/ });
  await using local = await storesOfTheirOwn({ azure: { key: azure.key } });
  await rejects(local.at(root), { status: 400, message: /^AZURE_STORAGE_ACCOUNT must be set/ });
  await using bare = await storesOfTheirOwn({ azure: {} });
  await rejects(bare.at(root), { status: 400, message: /^The storage account one needs credentials: set AZURE_/ });
});

Deno.test("a store that cannot be opened is tried again", async () => {
  await using folder = await storesOfTheirOwn();
  const dataDir = `${folder.dataDir}/later`;
  const stores = await openStores(`${folder.dataDir}/own`, { dataDir });
  await Deno.writeTextFile(dataDir, "in the way");
  await rejects(stores.at(`${pathToFileURL(dataDir)}/x`), /cannot be used/);
  await Deno.remove(dataDir);
  equal((await stores.at(`${pathToFileURL(dataDir)}/x`))?.folder, "x");
});

Deno.test("more stores than are kept open may be used", async () => {
  await using stores = await storesOfTheirOwn();
  const first = await stores.at("s3://bucket0");
  for (let i = 1; i <= 100; i++) equal((await stores.at(`s3://bucket${i}/x`))?.home, `s3://bucket${i}/`);
  const again = await stores.at("s3://bucket0/x");
  equal(again?.home, first?.home);
  notEqual(again?.store, first?.store);
});

/** Keeps a file at a URI, and answers what of the own store there is then. */
async function keeps(stores: ArtifactStores, uri: string): Promise<void> {
  const place = await stores.at(uri);
  ok(place);
  await put(place.store, `${place.folder}/a b`, "one");
  equal(await text(place.store, `${place.folder}/a b`), "one");
  deepEqual(await stores.own.list(""), []);
}

Deno.test("an experiment may be kept in a bucket", needs(await versitygw(), versitygwIsMissing), async () => {
  await using server = await startVersitygw();
  await using stores = await storesOfTheirOwn({ s3: server });
  await keeps(stores, `s3://${server.bucket}/x`);
  equal(await Deno.readTextFile(`${server.folder}/x/a b`), "one");
});

Deno.test("an experiment may be kept in a container", needs(await azurite(), azuriteIsMissing), async () => {
  await using server = await startAzurite();
  await using stores = await storesOfTheirOwn({ azure: server });
  await keeps(stores, `${server.root}/x`);
  equal(`${await server.client.getBlobClient("x/a b").downloadToBuffer()}`, "one");
});
