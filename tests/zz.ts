import { reachableFolder, runWeir } from "./server.ts";
import { query, startOtherPostgres } from "./postgres.ts";
import { freePort, startVersitygw } from "./tools.ts";
const show = async (name: string, env: Record<string, string>) => {
  const t = Date.now();
  const r = await runWeir(env);
  console.log(`--- ${name}: ${r.code} (${Date.now() - t} ms)\n${r.output}`);
};
await using pg = await startOtherPostgres();
const url = (f: (u: URL) => void) => {
  const u = new URL(pg.url);
  f(u);
  return u.href;
};
await query(pg.url, "create role ada login password 'pw'");
await query(pg.url, "create database empty");
await query(pg.url, "create database latin encoding 'latin1' lc_collate 'C' lc_ctype 'C' template template0");
await query(pg.url, "revoke create on database postgres from public");
await show("wrong password", { DATABASE_URL: url((u) => u.password = "s3cret") });
await show("unknown user", { DATABASE_URL: url((u) => u.username = "eve") });
await show("missing database", { DATABASE_URL: url((u) => u.pathname = "/nodb") });
await show("may not create", {
  DATABASE_URL: url((u) => {
    u.username = "ada";
    u.password = "pw";
  }),
});
await show("latin1", { DATABASE_URL: url((u) => u.pathname = "/latin") });
await show("refused", { DATABASE_URL: `postgres://a:s3cret@127.0.0.1:${freePort()}/weir` });
await show("localhost refused", { DATABASE_URL: `postgres://a:s3cret@localhost:${freePort()}/weir` });
await show("no such host", { DATABASE_URL: `postgres://a:s3cret@nowhere.invalid/weir` });
await show("http", { DATABASE_URL: `http://a:s3cret@nowhere.invalid/weir` });
await show("ssl required", { DATABASE_URL: pg.url + "?sslmode=require" });
await show("ssl verify", { DATABASE_URL: pg.url + "?sslmode=verify-full" });
await show("unknown param", { DATABASE_URL: pg.url + "?pgbouncer=true" });
await show("bad percent", { DATABASE_URL: `postgres://a:s3c%ret@127.0.0.1/weir` });
const l = Deno.listen({ hostname: "127.0.0.1", port: 0 });
await show("port taken", { DATABASE_URL: url((u) => u.pathname = "/empty"), PORT: String(l.addr.port) });
(async () => {
  for await (const c of l) c.readable.cancel().catch(() => {});
})();
await show("no pg there (closes)", { DATABASE_URL: `postgres://a:s3cret@127.0.0.1:${l.addr.port}/weir` });
const h = Deno.serve({ port: 0, onListen() {} }, () => new Response("x"));
await show("http server there", { DATABASE_URL: `postgres://a:s3cret@127.0.0.1:${h.addr.port}/weir` });
await h.shutdown();
await show("HOST unknown name", {
  DATABASE_URL: url((u) => u.pathname = "/empty"),
  HOST: "nowhere.invalid",
  WEIR_OPEN: "yes",
});
await show("HOST foreign address", {
  DATABASE_URL: url((u) => u.pathname = "/empty"),
  HOST: "192.0.2.1",
  WEIR_OPEN: "yes",
});
await show("HOST open", { HOST: "0.0.0.0" });
await show("PORT", { PORT: "http" });
await show("gs", { ARTIFACT_ROOT: "gs://b" });
await using f = await reachableFolder();
await Deno.writeTextFile(f.path + "/file", "");
await show("data is file", { WEIR_DATA_DIR: f.path + "/file" });
await show("data below file", { WEIR_DATA_DIR: f.path + "/file/data" });
await show("data in proc", { WEIR_DATA_DIR: "/proc/data" });
await show("artifacts is file", { DATABASE_URL: url((u) => u.pathname = "/empty"), ARTIFACT_ROOT: f.path + "/file" });
await show("artifacts in proc", { DATABASE_URL: url((u) => u.pathname = "/empty"), ARTIFACT_ROOT: "/proc/x" });
await using s3 = await startVersitygw();
const env = {
  DATABASE_URL: url((u) => u.pathname = "/empty"),
  ARTIFACT_ROOT: "s3://artifacts/x",
  MLFLOW_S3_ENDPOINT_URL: s3.endpoint,
  AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
};
await show("bucket missing", { ...env, ARTIFACT_ROOT: "s3://nobucket/x" });
await show("wrong secret", { ...env, AWS_SECRET_ACCESS_KEY: "s3cret" });
await show("wrong key", { ...env, AWS_ACCESS_KEY_ID: "nobody" });
await show("wrong region", { ...env, AWS_REGION: "eu-x" });
await show("no credentials", {
  ...env,
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_EC2_METADATA_DISABLED: "true",
  HOME: "/nonexistent",
});
await show("no endpoint", { ...env, MLFLOW_S3_ENDPOINT_URL: `http://127.0.0.1:${freePort()}` });
await show("endpoint is not s3", { ...env, MLFLOW_S3_ENDPOINT_URL: `http://127.0.0.1:${l.addr.port}` });
Deno.exit();
