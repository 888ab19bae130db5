import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, readConfig } from "../config.ts";
import { settings } from "../startup/settings.ts";

const folder = "/srv/weir";
const read = (env: Record<string, string>) => readConfig({ WEIR_DATA_DIR: "/srv/data", ...env }, folder);
const refusal = (env: Record<string, string>): string => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
};

Deno.test("an empty environment gives loopback, port 5000, an own Postgres and local artifacts", () => {
  deepEqual(read({}), {
    host: "127.0.0.1",
    port: 5000,
    databaseUrl: undefined,
    artifactRoot: "/srv/data/artifacts",
    s3: {},
    azure: {},
    directTransfers: true,
    dataDir: "/srv/data",
    allowedHosts: [],
    prepare: true,
    publicUrl: undefined,
    pool: 10,
    webhookPrivate: false,
    secretKeys: [],
    workers: 1,
    workerToken: undefined,
    binDays: undefined,
    log: "info",
    warnings: [],
  });
});

Deno.test("a setting that is set to nothing counts as not set", () => {
  deepEqual(read({ HOST: "", PORT: " ", DATABASE_URL: "", ARTIFACT_ROOT: "", WEIR_OPEN: "" }), read({}));
});

Deno.test("every default is a value that its own setting takes", () => {
  const unset = Object.values(settings).filter((setting) => "default" in setting);
  const env = Object.fromEntries(unset.map((setting) => [setting.name, setting.default]));
  deepEqual(readConfig({ ...env, WEIR_DATA_DIR: "/srv/data" }, folder), read({}));
});

Deno.test("every setting tells its meaning in one sentence", () => {
  for (const { name, meaning } of Object.values(settings)) match(meaning, /^[A-Z`].*[^.]\.$/, name);
});

Deno.test("a port is a whole number from 0 to 65535 and nothing else", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 65535 }), (port) => read({ PORT: String(port) }).port === port));
  for (const PORT of ["65536", "-1", "5e3", "0x50", "80.0", "http"]) {
    equal(refusal({ PORT }), `PORT is "${PORT}", but must be a whole number from 0 to 65535.`);
  }
});

Deno.test("a refusal never tells the password of a database", () => {
  const leaks = ["mysql://ada:s3cret@db/weir", "s3cret", "host=db password=s3cret", "postgres://ada:s3cret@db:x/weir"];
  for (const text of leaks) {
    ok(!refusal({ DATABASE_URL: text }).includes("s3cret"), text);
  }
  match(
    refusal({ DATABASE_URL: "mysql://ada:s3cret@db/weir" }),
    /^DATABASE_URL is an address of the kind mysql:, but /,
  );
});

Deno.test("DATABASE_URL takes both spellings of Postgres and needs the name of the database", () => {
  equal(read({ DATABASE_URL: "postgres://db/weir" }).databaseUrl, "postgres://db/weir");
  equal(read({ DATABASE_URL: "postgresql://u:p@db:5433/weir" }).databaseUrl, "postgresql://u:p@db:5433/weir");
  match(refusal({ DATABASE_URL: "postgres://u:100%@db/weir" }), /special characters percent-encoded/);
  match(
    refusal({ DATABASE_URL: "postgres://one,other/weir" }),
    /must be postgres:\/\/user:password@host:5432\/database/,
  );
  match(refusal({ DATABASE_URL: "postgres://db" }), /must be postgres:\/\/user:password@host:5432\/database/);
});

Deno.test("an address that other machines reach is refused with the reason", () => {
  for (const HOST of ["0.0.0.0", "::", "192.168.1.7", "weir.example.com", "128.0.0.1"]) {
    match(
      refusal({ HOST }),
      /no accounts yet, so whoever reaches Weir could read and delete everything.*WEIR_OPEN=yes/,
    );
    equal(read({ HOST, WEIR_OPEN: "yes" }).host, HOST);
  }
});

Deno.test("loopback in all its spellings needs no leave", () => {
  for (const HOST of ["127.0.0.1", "127.8.9.1", "::1", "localhost"]) equal(read({ HOST }).host, HOST);
  equal(read({ HOST: "[::1]" }).host, "::1");
});

Deno.test("a name that merely begins like loopback is not loopback", () => {
  for (const HOST of ["127.0.0.1.example.com", "localhost.example.com"]) throws(() => read({ HOST }), ConfigError);
});

Deno.test("Deno Deploy needs DATABASE_URL and the word that everyone may come", () => {
  const DENO_DEPLOYMENT_ID = "abc";
  match(refusal({ DENO_DEPLOYMENT_ID }), /^DATABASE_URL must be set/);
  match(refusal({ DENO_DEPLOYMENT_ID, DATABASE_URL: "postgres://db/weir" }), /open to everyone.*WEIR_OPEN=yes/);
  equal(read({ DENO_DEPLOYMENT_ID, DATABASE_URL: "postgres://db/weir", WEIR_OPEN: "yes" }).port, 5000);
});

Deno.test("ARTIFACT_ROOT takes a folder, a file: URL or a bucket", () => {
  equal(read({ ARTIFACT_ROOT: "files" }).artifactRoot, "/srv/weir/files");
  equal(read({ ARTIFACT_ROOT: "/mnt/files" }).artifactRoot, "/mnt/files");
  equal(read({ ARTIFACT_ROOT: "file:///mnt/files" }).artifactRoot, "file:///mnt/files");
  equal(read({ ARTIFACT_ROOT: "s3://bucket/a/b" }).artifactRoot, "s3://bucket/a/b");
  for (const ARTIFACT_ROOT of ["s3://", "gs://bucket", "https://example.com/files"]) {
    match(refusal({ ARTIFACT_ROOT }), /^ARTIFACT_ROOT is ".*", but must be a folder, a file: URL, s3:\/\/bucket/);
  }
});

Deno.test("MLflow's variable names the S3 endpoint, and without it Amazon's do", () => {
  const [mlflow, s3, all] = ["http://127.0.0.1:9000", "http://127.0.0.1:9001", "http://127.0.0.1:9002"];
  const amazon = { AWS_ENDPOINT_URL_S3: s3, AWS_ENDPOINT_URL: all };
  deepEqual(read({ MLFLOW_S3_ENDPOINT_URL: mlflow, ...amazon }).s3, { endpoint: mlflow });
  deepEqual(read({ MLFLOW_S3_ENDPOINT_URL: " ", ...amazon }).s3, { endpoint: s3 });
  deepEqual(read({ AWS_ENDPOINT_URL: all }).s3, { endpoint: all });
  match(refusal({ MLFLOW_S3_ENDPOINT_URL: "127.0.0.1:9000" }), /must be an address such as https/);
  match(refusal({ AWS_ENDPOINT_URL: "127.0.0.1:9000" }), /^AWS_ENDPOINT_URL is /);
});

Deno.test("the region of S3 is the SDK's variable or the other tools'", () => {
  deepEqual(read({ AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "us-west-2" }).s3, { region: "eu-central-1" });
  deepEqual(read({ AWS_DEFAULT_REGION: "us-west-2" }).s3, { region: "us-west-2" });
});

Deno.test("S3 is told where addresses name the bucket and what objects are stored with", () => {
  deepEqual(read({ AWS_S3_ADDRESSING_STYLE: "virtual" }).s3, { addressing: "virtual" });
  deepEqual(read({ MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE: "path" }).s3, { addressing: "path" });
  deepEqual(read({ MLFLOW_S3_IGNORE_TLS: "true" }).s3, { ignoreTls: true });
  deepEqual(read({ MLFLOW_S3_IGNORE_TLS: "false" }).s3, {});
  const taken = [
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: "arn:aws:kms:x", BucketKeyEnabled: true },
    { ACL: "bucket-owner-full-control", StorageClass: "STANDARD_IA", Tagging: "a=b", CacheControl: "no-cache" },
    {},
  ];
  for (const uploadArguments of taken) {
    deepEqual(read({ MLFLOW_S3_UPLOAD_EXTRA_ARGS: JSON.stringify(uploadArguments) }).s3, { uploadArguments });
  }
});

Deno.test("what objects cannot be stored with is refused, by the names of what is possible and without the value", () => {
  const refused = [
    '{"SSECustomerKey": "s3cret"}',
    '{"ServerSideEncryption": "s3cret"}',
    '{"ServerSideEncryption": true}',
    '{"StorageClass": "GLACIER"}',
    '{"BucketKeyEnabled": "yes"}',
    '{"Tagging": "a=b\\r\\nx: y"}',
    '{"__proto__": "x"}',
    '["ACL"]',
    "null",
    "s3cret",
  ];
  for (const text of refused) {
    const said = refusal({ MLFLOW_S3_UPLOAD_EXTRA_ARGS: text });
    match(said, /^MLFLOW_S3_UPLOAD_EXTRA_ARGS is set to something else, but must be JSON .*ServerSideEncryption.*ACL/);
    ok(!said.includes("s3cret"), said);
  }
});

Deno.test("allowed hosts are names in any case, separated by commas", () => {
  deepEqual(read({ WEIR_ALLOWED_HOSTS: " Weir.Example.com, ml:8080,, [fd00::1]:5000 " }).allowedHosts, [
    "weir.example.com",
    "ml:8080",
    "[fd00::1]:5000",
  ]);
  match(refusal({ WEIR_ALLOWED_HOSTS: "https://weir.example.com" }), /without https/);
});

Deno.test("the public address is one without a slash at its end, and its host is allowed", () => {
  const { publicUrl, allowedHosts } = read({ WEIR_PUBLIC_URL: "https://ML.example.com:8443/weir/" });
  deepEqual([publicUrl, allowedHosts], ["https://ml.example.com:8443/weir", ["ml.example.com:8443"]]);
  for (const text of ["ml.example.com", "https://x/?a", "https://x/#a", "ftp://x", "https://me:secret@x"]) {
    match(refusal({ WEIR_PUBLIC_URL: text }), /^WEIR_PUBLIC_URL is .*, but must be an address such as https/);
  }
});

Deno.test("yes and no are the only answers", () => {
  equal(read({ WEIR_PREPARE: "no" }).prepare, false);
  equal(refusal({ WEIR_PREPARE: "off" }), 'WEIR_PREPARE is "off", but must be yes or no.');
});

Deno.test("a pool larger than Weir's own Postgres serves is refused, on another Postgres it is not", () => {
  match(refusal({ WEIR_POOL: "100" }), /at most 30 for Weir's own Postgres/);
  equal(read({ WEIR_POOL: "100", DATABASE_URL: "postgres://db/weir" }).pool, 100);
});

Deno.test("an unknown WEIR_ variable is warned of with the nearest setting", () => {
  deepEqual(read({ WEIR_DATADIR: "x", WEIR_PORT: "1", WEIR_TEST_TOOLS: "x", WEIRD: "x" }).warnings, [
    "WEIR_DATADIR is not a setting of Weir; did you mean WEIR_DATA_DIR?",
    "WEIR_PORT is not a setting of Weir; did you mean PORT?",
  ]);
});

Deno.test("the data folder lies in the working folder, unless root works where nobody else can enter", async () => {
  const open = await Deno.realPath(await Deno.makeTempDir({ dir: "/var/tmp" }));
  const closed = `${open}/home`;
  await Deno.chmod(open, 0o755);
  await Deno.mkdir(closed, { mode: 0o700 });
  equal(readConfig({}, open).dataDir, `${open}/data`);
  const { dataDir } = readConfig({}, closed);
  if (Deno.uid() === 0) match(dataDir, /^\/var\/lib\/weir\/home-[0-9a-f]{8}$/);
  else equal(dataDir, `${closed}/data`);
  equal(readConfig({ WEIR_DATA_DIR: "here" }, closed).dataDir, `${closed}/here`);
  equal(readConfig({ DATABASE_URL: "postgres://db/weir" }, closed).dataDir, `${closed}/data`);
  await Deno.remove(open, { recursive: true });
});

Deno.test("a key for secrets has 32 characters or more, older ones stand after it, and none is ever told", () => {
  const [key, older] = ["k".repeat(32), "mysecret:" + "o".repeat(30)];
  deepEqual(read({ WEIR_SECRET_KEY: `${key}, ${older}` }).secretKeys, [key, older]);
  deepEqual(read({ MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: key }).secretKeys, [key]);
  equal(
    refusal({ WEIR_SECRET_KEY: "mysecret:short" }),
    "WEIR_SECRET_KEY is set to something else, but must be 32 characters or more, such as `openssl rand -hex 32` prints.",
  );
});

Deno.test("webhooks may reach private addresses by Weir's setting or by MLflow's", () => {
  equal(read({ WEIR_WEBHOOK_PRIVATE: "yes" }).webhookPrivate, true);
  for (const MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS of ["true", "True", "1"]) {
    equal(read({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS }).webhookPrivate, true);
  }
  equal(read({ MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: "false" }).webhookPrivate, false);
  match(refusal({ WEIR_WEBHOOK_PRIVATE: "on" }), /must be yes or no/);
});
