import { deepEqual, equal, match } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { type OtherPostgres, query, startOtherPostgres } from "../postgres.ts";
import { reachableFolder, runWeir, type Server, startServer } from "../server.ts";
import { find, freePort, needs } from "../tools.ts";

/** Logs runs from several clients at once and finds them again. */
async function logAndSearch(server: Server): Promise<void> {
  const client = clientOf(server.url);
  const runs = await Promise.all(Array.from({ length: 12 }, () => client.startRun()));
  const steps = [0, 1, 2, 3];
  await Promise.all(runs.flatMap((run_id, i) =>
    steps.map((step) => {
      const metrics = [{ key: "loss", value: i + step / 10, timestamp: step, step }];
      return client.ok("POST", "runs/log-batch", {
        run_id,
        metrics,
        params: [{ key: `depth-${step}`, value: `${i}` }],
      });
    })
  ));
  for (const run_id of runs) deepEqual((await client.history(run_id, "loss")).map(({ step }) => step), steps);
  const filter = "metrics.loss > 8 and params.`depth-1` != '11'";
  const found = await client.ok("POST", "runs/search", { experiment_ids: ["0"], filter });
  deepEqual(
    new Set(found.runs.map((run: { info: { run_id: string } }) => run.info.run_id)),
    new Set(runs.slice(8, 11)),
  );
}

/** The same server, by way of another database, user or port. */
function addressOf(
  { url }: OtherPostgres,
  change: Partial<Record<"pathname" | "search" | "username" | "password" | "port", string>>,
) {
  return Object.assign(new URL(url), change).href;
}

Deno.test("a Postgres that is not Weir's own will do, with prepared statements and without", async () => {
  await using postgres = await startOtherPostgres();
  for (const WEIR_PREPARE of ["yes", "no"]) {
    const database = `prepare_${WEIR_PREPARE}`;
    await query(postgres.url, `create database ${database}`);
    const server = await startServer({ DATABASE_URL: addressOf(postgres, { pathname: `/${database}` }), WEIR_PREPARE });
    await logAndSearch(server);
    equal(await server.stop(), 0);
  }
});

Deno.test(
  "a Postgres that demands TLS is reached by it, and its certificate checked where that is asked for",
  needs(await find("openssl"), "openssl is in no folder of PATH."),
  async () => {
    await using postgres = await startOtherPostgres({ tls: true });
    const plain = addressOf(postgres, { search: "" });
    for (
      const [i, search] of ["?sslmode=require", "?sslmode=prefer", "?ssl=require&channel_binding=require"].entries()
    ) {
      await query(postgres.url, `create database secured_${i}`);
      const server = await startServer({ DATABASE_URL: addressOf(postgres, { pathname: `/secured_${i}`, search }) });
      await logAndSearch(server);
      equal(await server.stop(), 0);
    }
    for (const search of ["?sslmode=verify-full", "?ssl=true"]) {
      const { code, output } = await runWeir({ DATABASE_URL: plain + search });
      equal(code, 1);
      match(output, /^The database of DATABASE_URL has a certificate that cannot be trusted: .*sslmode=require.*\n$/);
    }
    const { code, output } = await runWeir({ DATABASE_URL: plain });
    equal(code, 1);
    match(output, /^The database of DATABASE_URL refuses the user.*\n$/);
  },
);

Deno.test("a Postgres without TLS is refused where the address demands it, and taken where it only prefers it", async () => {
  await using postgres = await startOtherPostgres();
  const { code, output } = await runWeir({ DATABASE_URL: `${postgres.url}?sslmode=require` });
  equal(code, 1);
  match(output, /^The database of DATABASE_URL breaks the connection off: .*sslmode.*\n$/);
  const server = await startServer({ DATABASE_URL: `${postgres.url}?sslmode=prefer` });
  await logAndSearch(server);
  equal(await server.stop(), 0);
});

Deno.test("a user that may not create a schema is refused in a sentence, and taken once it may", async () => {
  await using postgres = await startOtherPostgres();
  await query(postgres.url, "create role ada login password 's3cret'");
  const DATABASE_URL = addressOf(postgres, { username: "ada", password: "s3cret" });
  const { code, output } = await runWeir({ DATABASE_URL });
  equal(code, 1);
  match(
    output,
    /^The database of DATABASE_URL does not let its user create schema weir: grant it create on the database\.\n$/,
  );
  await query(postgres.url, "grant create on database postgres to ada");
  const server = await startServer({ DATABASE_URL });
  await logAndSearch(server);
  equal(await server.stop(), 0);
});

Deno.test("several servers that start at once on an empty database bring it up once, and all serve it", async () => {
  await using postgres = await startOtherPostgres();
  const servers = await Promise.all(Array.from({ length: 3 }, () => startServer({ DATABASE_URL: postgres.url })));
  const [first, ...others] = servers.map(({ url }) => clientOf(url));
  const run_id = await first?.startRun();
  for (const client of others) equal((await client.ok("GET", `runs/get?run_id=${run_id}`)).run.info.run_id, run_id);
  deepEqual(await query(postgres.url, "select name from weir.migrations group by name having count(*) > 1"), []);
  deepEqual(await Promise.all(servers.map((server) => server.stop())), [0, 0, 0]);
});

const pgbouncer = await find("pgbouncer");

Deno.test(
  "a pooler that hands out connections per transaction will do with WEIR_PREPARE=no",
  needs(pgbouncer, "PgBouncer, a pooler, is in no folder of PATH."),
  async () => {
    await using postgres = await startOtherPostgres();
    await using folder = await reachableFolder();
    const { username, password, port } = new URL(postgres.url);
    const [settings, users, near] = [`${folder.path}/settings`, `${folder.path}/users`, freePort()];
    await Deno.writeTextFile(users, `"${username}" "${decodeURIComponent(password)}"\n`);
    const lines = [
      "[databases]",
      `* = host=127.0.0.1 port=${port}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${near}`,
      "unix_socket_dir =",
      "auth_type = scram-sha-256",
      `auth_file = ${users}`,
      "pool_mode = transaction",
      "default_pool_size = 3",
    ];
    await Deno.writeTextFile(settings, lines.join("\n"));
    // It refuses to run as root, too.
    const user = Deno.uid() === 0 ? { uid: 65534 } : {};
    const pooler = new Deno.Command("pgbouncer", { args: [settings], ...user, stdout: "null", stderr: "null" }).spawn();
    const server = await startServer({ DATABASE_URL: addressOf(postgres, { port: `${near}` }), WEIR_PREPARE: "no" });
    await logAndSearch(server);
    equal(await server.stop(), 0);
    pooler.kill();
    await pooler.status;
  },
);
