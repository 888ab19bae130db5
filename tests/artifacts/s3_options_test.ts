import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { GetObjectTaggingCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { UploadArguments } from "../../artifacts/s3_bucket.ts";
import { s3Store } from "../../artifacts/s3.ts";
import { openStores } from "../../artifacts/stores.ts";
import { find, needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { openWiretap } from "../wiretap.ts";
import { body, noise, put, text } from "./behaviours.ts";

const needed = needs(await versitygw(), versitygwIsMissing);
const MiB = 1024 * 1024;

const test = (name: string, run: (server: S3Server) => Promise<void>) =>
  Deno.test(name, needed, async () => {
    await using server = await startVersitygw();
    await run(server);
  });

const uploadArguments: UploadArguments = {
  ServerSideEncryption: "aws:kms",
  SSEKMSKeyId: "key-1",
  BucketKeyEnabled: true,
  StorageClass: "STANDARD",
  Tagging: "team=weir",
  CacheControl: "no-store",
};

const sent: Record<string, string> = {
  "x-amz-server-side-encryption": "aws:kms",
  "x-amz-server-side-encryption-aws-kms-key-id": "key-1",
  "x-amz-server-side-encryption-bucket-key-enabled": "true",
  "x-amz-storage-class": "STANDARD",
  "x-amz-tagging": "team=weir",
  "cache-control": "no-store",
};

test("files are encrypted and classed as the settings say, whole or in parts", async (server) => {
  await using tap = openWiretap(server.endpoint);
  using store = s3Store(`s3://${server.bucket}`, { ...server, endpoint: tap.url, uploadArguments });
  await put(store, "small", "x");
  await store.put("announced", body("x"), { size: 1 });
  await store.put("big", body(noise(17 * MiB)));
  const upload = await store.direct!.startUpload("parts", 1);
  await store.direct!.abortUpload("parts", upload.upload_id);
  const begun = tap.heads().filter(({ line }) => /^PUT \/artifacts\/(small|announced)\?|^POST .*\?uploads/.test(line));
  deepEqual(begun.map(({ line }) => line.split("?")[0]), [
    "PUT /artifacts/small",
    "PUT /artifacts/announced",
    "POST /artifacts/big",
    "POST /artifacts/parts",
  ]);
  for (const { line, headers } of begun) {
    deepEqual({ ...sent, ...headers }, headers, line);
  }
  const client = new S3Client({ ...server, forcePathStyle: true });
  const small = { Bucket: server.bucket, Key: "small" };
  deepEqual((await client.send(new GetObjectTaggingCommand(small))).TagSet, [{ Key: "team", Value: "weir" }]);
  equal((await client.send(new HeadObjectCommand(small))).CacheControl, "no-store");
  client.destroy();
});

test("a URL to upload to comes with the headers of the encryption, and does not hold without them", async (server) => {
  using store = s3Store(`s3://${server.bucket}`, { ...server, uploadArguments });
  const { url, headers } = await store.direct!.signUpload("a.txt", 60);
  const lower: Record<string, string> = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  deepEqual(lower, { ...sent, "content-type": "text/plain" });
  equal(
    new URL(url).searchParams.get("X-Amz-SignedHeaders"),
    [...Object.keys(lower), "host"].sort().join(";"),
  );
  const { "x-amz-storage-class": _, ...others } = headers;
  for (const [given, status] of [[others, 403], [headers, 200]] as const) {
    const answer = await fetch(url, { method: "PUT", headers: given, body: "hello" });
    await answer.body?.cancel();
    equal(answer.status, status);
  }
  equal(await text(store, "a.txt"), "hello");
});

test("nothing but what is asked for is sent along: no checksums, no trailers", async (server) => {
  await using tap = openWiretap(server.endpoint);
  using store = s3Store(`s3://${server.bucket}`, { ...server, endpoint: tap.url });
  await put(store, "small", "x");
  await store.put("big", body(noise(17 * MiB)));
  await text(store, "small");
  const names = tap.heads().flatMap(({ headers }) => Object.keys(headers));
  deepEqual(names.filter((name) => /checksum|trailer|encryption|acl|content-md5/.test(name)), []);
});

test("credentials of a session go along with every request and in every URL", async (server) => {
  await using tap = openWiretap(server.endpoint);
  const { accessKeyId, secretAccessKey } = server.credentials;
  using _ = environment({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: "session+token/1==",
  });
  using store = s3Store(`s3://${server.bucket}`, { endpoint: tap.url, region: server.region });
  // Which this server hands out none of, so that it refuses them.
  for (const request of [() => put(store, "a", "x"), () => store.list("")]) {
    await rejects(request, { code: "PERMISSION_DENIED", message: /refused: InvalidToken: / });
  }
  equal(tap.heads().length, 2);
  for (const { headers } of tap.heads()) equal(headers["x-amz-security-token"], "session+token/1==");
  const { url } = await store.direct!.signUpload("a", 60);
  equal(new URL(url).searchParams.get("X-Amz-Security-Token"), "session+token/1==");
});

/** A stand-in for Amazon, which is not there: it sends who asks in another region than the bucket's to that one. */
function standInForAmazon(region: string) {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ headers }) => {
    asked++;
    const right = headers.get("authorization")?.includes(`/${region}/s3/aws4_request`);
    return new Response(null, { status: right ? 200 : 301, headers: { "x-amz-bucket-region": region } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked: () => asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("on Amazon, URLs are signed for the bucket's own region, whatever is set, which is asked for once", async () => {
  await using amazon = standInForAmazon("eu-central-1");
  using _ = environment({ AWS_ENDPOINT_URL_S3: amazon.url });
  using store = s3Store("s3://bucket", { region: "us-west-2", credentials, addressing: "path" });
  for (const path of ["a", "b"]) {
    const { url } = await store.direct!.signUpload(path, 60);
    equal(new URL(url).searchParams.get("X-Amz-Credential")?.split("/")[2], "eu-central-1");
  }
  equal(amazon.asked(), 2);
});

Deno.test("the bucket is named in the path or in the host, as the settings say", async () => {
  const addressOf = async (options: object) => {
    using store = s3Store("s3://bucket/pre", { region: "eu-west-1", credentials, ...options });
    const { origin, pathname } = new URL((await store.direct!.signUpload("a b", 60)).url);
    return origin + pathname;
  };
  const endpoint = "https://s3.example.com:8443";
  equal(await addressOf({ endpoint }), "https://s3.example.com:8443/bucket/pre/a%20b");
  equal(await addressOf({ endpoint, addressing: "path" }), "https://s3.example.com:8443/bucket/pre/a%20b");
  equal(await addressOf({ endpoint, addressing: "virtual" }), "https://bucket.s3.example.com:8443/pre/a%20b");
});
const credentials = { accessKeyId: "a", secretAccessKey: "b" };

const openssl = await find("openssl");

Deno.test(
  "a certificate that nobody vouches for is refused, unless the settings trust any",
  needs(openssl, "openssl, which makes a certificate, is in no folder of PATH."),
  async () => {
    const { cert, key } = await selfSigned();
    const empty = () => new Response("<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>");
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} }, empty);
    const options = { endpoint: `https://127.0.0.1:${server.addr.port}`, region: "us-east-1", credentials };
    using careful = s3Store("s3://bucket", options);
    await rejects(careful.check(), {
      message: /^The artifact store .* cannot be used: it cannot be reached: .*certificate/,
    });
    using trusting = s3Store("s3://bucket", { ...options, ignoreTls: true });
    await trusting.check();
    await server.shutdown();
  },
);

async function selfSigned(): Promise<{ cert: string; key: string }> {
  const folder = await Deno.makeTempDir({ prefix: "weir-tls-" });
  const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert];
  await new Deno.Command(openssl!, { args: ["req", "-x509", ...made], stdout: "null", stderr: "null" }).output();
  const files = { cert: await Deno.readTextFile(cert), key: await Deno.readTextFile(key) };
  await Deno.remove(folder, { recursive: true });
  return files;
}

Deno.test("stores that clients may not reach themselves have no URLs to give away", async () => {
  const s3 = { endpoint: "http://127.0.0.1:1", region: "us-east-1", credentials };
  for (const direct of [true, false]) {
    const stores = await openStores("s3://bucket/pre", { s3, direct });
    equal(stores.own.direct !== undefined, direct);
    equal((await stores.at("s3://other/x"))?.store.direct !== undefined, direct);
    match((await stores.at("s3://other/x"))?.home ?? "", /^s3:\/\/other\/$/);
  }
});

/** Sets variables until it is disposed of. */
function environment(variables: Record<string, string>): Disposable {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    },
  };
}
