/** What keeps Weir from starting is told in one line, and the process ends. */
import { deepEqual, equal, match } from "node:assert/strict";
import { createDatabase } from "../database.ts";
import { reachableFolder, runWeir, startServer } from "../server.ts";
import { freePort, needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { s3Settings } from "./s3_settings.ts";

const secret = "s3cret";

/** Runs Weir, which must say one line that fits and nothing else, without the secret, and fail. */
async function refuses(env: Record<string, string>, line: RegExp): Promise<void> {
  const { code, output } = await runWeir(env);
  deepEqual([code, output.trimEnd().split("\n").length], [1, 1], output);
  match(output, line);
  equal(output.includes(secret), false, output);
}

/** The address of a database for one test, changed. */
async function withDatabase(run: (url: URL) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  await run(new URL(database.url));
}

Deno.test("a database that nobody answers for is refused in a sentence", async () => {
  const line =
    /^The database of DATABASE_URL cannot be reached: check that it runs and that host and port are right\.$/m;
  await refuses({ DATABASE_URL: `postgres://ada:${secret}@127.0.0.1:${freePort()}/weir` }, line);
  await refuses({ DATABASE_URL: `postgres://ada:${secret}@nowhere.invalid/weir` }, line);
});

Deno.test("what is no Postgres is refused in a sentence", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response());
  await refuses(
    { DATABASE_URL: `postgres://ada:${secret}@127.0.0.1:${server.addr.port}/weir` },
    /^The database of DATABASE_URL breaks the connection off: check that it is a Postgres,/,
  );
  await server.shutdown();
});

Deno.test("a wrong password is refused in a sentence", () =>
  withDatabase(async (url) => {
    url.password = secret;
    await refuses({ DATABASE_URL: url.href }, /^The database of DATABASE_URL refuses the user name or password\.$/m);
  }));

Deno.test("a missing database is refused in a sentence", () =>
  withDatabase(async (url) => {
    url.pathname = "/no_such_database";
    await refuses({ DATABASE_URL: url.href }, /^The database of DATABASE_URL does not exist: create it first\.$/m);
  }));

Deno.test("a setting of the database that it does not know is told in its own words", () =>
  withDatabase(async (url) => {
    url.searchParams.set("no_such_setting", "1");
    await refuses(
      { DATABASE_URL: url.href },
      /cannot be used: unrecognized configuration parameter "no_such_setting"\.$/m,
    );
  }));

Deno.test("settings that cannot be used are refused in a sentence", async () => {
  await refuses(
    { DATABASE_URL: `mysql://ada:${secret}@localhost/weir` },
    /^DATABASE_URL is an address of the kind mysql:/,
  );
  await refuses({ DATABASE_URL: `host=db password=${secret}` }, /^DATABASE_URL is no address, but must be postgres:/);
  await refuses({ HOST: "0.0.0.0" }, /^HOST is 0\.0\.0\.0, which other machines can reach, .* set WEIR_OPEN=yes if /);
  await refuses({ PORT: "http" }, /^PORT is "http", but must be a whole number from 0 to 65535\.$/m);
  await refuses(
    { ARTIFACT_ROOT: "gs://bucket" },
    /^ARTIFACT_ROOT is "gs:\/\/bucket", but must be a folder, a file: URL, s3:/,
  );
});

Deno.test("an address that cannot be listened to is refused in a sentence", () =>
  withDatabase(async ({ href }) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    await refuses({ DATABASE_URL: href, PORT: `${port}` }, new RegExp(`^Port ${port} is taken by another program: `));
    // Of a range that is for documentation only (RFC 5737).
    const foreign = { DATABASE_URL: href, HOST: "192.0.2.1", WEIR_OPEN: "yes" };
    await refuses(foreign, /^HOST is 192\.0\.2\.1, but must be an address of this machine\.$/m);
  }));

Deno.test("a data folder that cannot be used is refused in a sentence", async () => {
  await using folder = await reachableFolder();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");
  await refuses({ WEIR_DATA_DIR: file }, /^Weir cannot run its Postgres in .*\/file: Not a directory\.$/m);
  await refuses({ WEIR_DATA_DIR: `${file}/data` }, /^Weir cannot run its Postgres in .*\/file\/data: Not a directory/);
  if (Deno.build.os !== "linux") return;
  // Where nobody writes, root included.
  await refuses({ WEIR_DATA_DIR: "/proc/weir" }, /^Weir cannot run its Postgres in \/proc\/weir: [^\n]+\.$/m);
});

Deno.test("an artifact folder that cannot be used is refused in a sentence", () =>
  withDatabase(async ({ href }) => {
    await using folder = await reachableFolder();
    const file = `${folder.path}/file`;
    await Deno.writeTextFile(file, "");
    await refuses(
      { DATABASE_URL: href, ARTIFACT_ROOT: file },
      /^The artifact folder .*\/file cannot be used: Not a dir/,
    );
  }));

Deno.test("a second Weir on one data folder is refused with the number of the first, which goes on", async () => {
  await using folder = await reachableFolder();
  const first = await startServer({ WEIR_DATA_DIR: folder.path });
  await refuses(
    { WEIR_DATA_DIR: folder.path },
    new RegExp(
      `^Another Weir \\(process ${first.pid}\\) uses the folder ${folder.path}: stop it, or set WEIR_DATA_DIR`,
    ),
  );
  equal(await fetch(`${first.url}/api/2.0/mlflow/experiments/get?experiment_id=0`).then(({ status }) => status), 200);
  equal(await first.stop(), 0);
});

const needsS3 = needs(await versitygw(), versitygwIsMissing);

Deno.test(
  "an artifact store that refuses is named with its reason, in a line",
  needsS3,
  () =>
    withDatabase(async ({ href }) => {
      await using s3 = await startVersitygw();
      const env = { ...s3Settings(s3), DATABASE_URL: href };
      const store = /^The artifact store s3:\/\/artifacts\/some\/prefix\/ cannot be used: it /;
      await refuses(
        { ...env, ARTIFACT_ROOT: "s3://no-such-bucket" },
        /s3:\/\/no-such-bucket\/ .*: it refused: NoSuchBucket: /,
      );
      await refuses(
        { ...env, AWS_SECRET_ACCESS_KEY: secret },
        new RegExp(`${store.source}refused: SignatureDoesNotMatch: `),
      );
      for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        const wrong = new RegExp(`${store.source}refused: .*region "eu-south-2" is wrong`);
        await refuses({ ...env, [name]: "eu-south-2" }, wrong);
      }
      const nobody = `http://127.0.0.1:${freePort()}`;
      await refuses({ ...env, MLFLOW_S3_ENDPOINT_URL: nobody }, new RegExp(`${store.source}cannot be reached: `));
    }),
);
