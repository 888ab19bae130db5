import { deepEqual, equal, match, ok } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { reachableFolder, type Server, startServer } from "../server.ts";

/** Starts Weir on a database of its own, runs the test and stops it. */
async function withServer(env: Record<string, string>, run: (server: Server) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url, ...env });
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

Deno.test("the first words tell where Weir listens, where the data lies, and the two lines of Python", async () => {
  await using folder = await reachableFolder();
  const server = await startServer({ WEIR_DATA_DIR: folder.path });
  const address = server.url.replace("127.0.0.1", "localhost");
  const words = server.output().split("\n").map((line) => line.trim().replace(/\s{2,}/, ": ")).filter((line) =>
    line !== ""
  );
  deepEqual(words, [
    `Weir listens on ${address}`,
    `Data: ${folder.path}`,
    `Artifacts: ${folder.path}/artifacts`,
    "In your training script:",
    "import mlflow",
    `mlflow.set_tracking_uri("${address}")`,
    "Ctrl-C ends it.",
  ]);
  equal(await server.stop(), 0);
});

Deno.test("the first words do not tell the address of a database, which holds a password", () =>
  withServer({}, (server) => {
    match(server.output(), /^ {2}Data +in your Postgres \(DATABASE_URL\)$/m);
    ok(!server.output().includes("postgres://"));
    return Promise.resolve();
  }));

Deno.test("HOST=0.0.0.0 with WEIR_OPEN=yes listens on every address", () =>
  withServer({ HOST: "0.0.0.0", WEIR_OPEN: "yes" }, async (server) => {
    const addresses = Deno.networkInterfaces().filter(({ family }) => family === "IPv4").map(({ address }) => address);
    for (const address of addresses) {
      const url = server.url.replace("127.0.0.1", address);
      equal(await fetch(`${url}/health`).then((answer) => answer.text()), "OK", address);
    }
  }));

Deno.test("WEIR_LOG=quiet says nothing as long as nothing goes wrong", () =>
  withServer({ WEIR_LOG: "quiet" }, async (server) => {
    await clientOf(server.url).call("GET", "no/such/thing");
    equal(server.output(), "");
  }));

Deno.test("WEIR_LOG=debug says each request, without what may be secret", () =>
  withServer({ WEIR_LOG: "debug" }, async (server) => {
    const { call } = clientOf(server.url);
    await call("GET", "experiments/get?experiment_id=0&password=s3cret");
    await call("POST", "experiments/create", { name: "s3cret" });
    await call("GET", "/no%0asuch%20page");
    const lines = server.output().split("Ctrl-C ends it.")[1] ?? "";
    match(lines, /^GET \/api\/2\.0\/mlflow\/experiments\/get 200 \d+ ms$/m);
    match(lines, /^POST \/api\/2\.0\/mlflow\/experiments\/create 200 \d+ ms$/m);
    match(lines, /^GET \/no%0asuch%20page 404 \d+ ms$/m);
    ok(!lines.includes("s3cret"));
  }));

Deno.test("a setting that Weir does not know is warned of, and does not keep it from starting", () =>
  withServer({ WEIR_PORT: "5000" }, (server) => {
    match(server.output(), /^WEIR_PORT is not a setting of Weir; did you mean PORT\?$/m);
    return Promise.resolve();
  }));

/** The status of a request with headers that `fetch` does not let a program choose. */
async function statusOf(
  { url }: Server,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const { hostname, port, host } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const body = method === "POST" ? '{"name":"x"}' : "";
  const all = {
    host,
    "content-type": "application/json",
    "content-length": `${body.length}`,
    connection: "close",
    ...headers,
  };
  const lines = [`${method} ${path} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));
  const answer = new Uint8Array(1024);
  const length = await connection.read(answer) ?? 0;
  return Number(new TextDecoder().decode(answer.subarray(0, length)).split(" ")[1]);
}

Deno.test("a name that leads here but is not ours is answered to nobody, by way of the socket too", () =>
  withServer({ WEIR_ALLOWED_HOSTS: "weir.example.com" }, async (server) => {
    const { port } = new URL(server.url);
    const read = (host: string) => statusOf(server, "GET", "/api/2.0/mlflow/experiments/get?experiment_id=0", { host });
    for (
      const host of [
        `localhost:${port}`,
        `127.0.0.1:${port}`,
        `[::1]:${port}`,
        "weir.example.com",
        "WEIR.example.com:80",
      ]
    ) {
      equal(await read(host), 200, host);
    }
    for (
      const host of ["evil.example.com", `localhost.evil.example.com:${port}`, "weir.example.com.evil.example.com"]
    ) {
      equal(await read(host), 403, host);
    }
    // For whoever watches over the process, by whichever name.
    equal(await statusOf(server, "GET", "/health", { host: "evil.example.com" }), 200);
  }));

Deno.test("pages of other sites write nothing, by way of the socket too", () =>
  withServer({}, async (server) => {
    const write = (headers: Record<string, string>) =>
      statusOf(server, "POST", "/api/2.0/mlflow/experiments/create", headers);
    equal(await write({ origin: "https://evil.example.com" }), 403);
    equal(await write({ "sec-fetch-site": "cross-site", origin: "null" }), 403);
    equal(await write({ "sec-fetch-site": "same-site", origin: "http://localhost:1" }), 403);
    equal(await write({ origin: server.url }), 200);
  }));
