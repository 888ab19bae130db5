import { equal, match, ok } from "node:assert/strict";
import { createDatabase } from "../database.ts";
import { type Server, startServer } from "../server.ts";

async function withServer(env: Record<string, string>, run: (server: Server) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url, ...env });
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

const pageOf = async (server: Server, path: string) => {
  const response = await fetch(server.url + path, { headers: { accept: "text/html" }, redirect: "manual" });
  return { status: response.status, to: response.headers.get("location"), html: await response.text() };
};

Deno.test("below the path of its public address all is reached, whether a proxy strips the path or not", () =>
  withServer({ WEIR_PUBLIC_URL: "https://ml.example.com/weir/" }, async (server) => {
    for (const base of ["", "/weir"]) {
      equal((await pageOf(server, `${base}/`)).to, "/weir/experiments");
      const { status, html } = await pageOf(server, `${base}/experiments/0`);
      equal(status, 200);
      match(html, /set_tracking_uri\((&quot;|")https:\/\/ml\.example\.com\/weir(&quot;|")\)/);
      const addresses = [...html.matchAll(/(?:href|src|action)="([^"#]+)"/g)].map(([, address]) => address);
      ok(addresses.length > 5 && addresses.every((address) => address?.startsWith("/weir/")), addresses.join(" "));
      const script = addresses.find((address) => address?.endsWith("weir.js")) ?? "";
      equal((await pageOf(server, script)).status, 200);
      const created = await fetch(`${server.url}${base}/api/2.0/mlflow/experiments/create`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: `below ${base}` }),
      });
      const { experiment_id } = await created.json();
      const put = `${base}/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/a%20b%2Fc`;
      equal((await fetch(server.url + put, { method: "PUT", body: "x" })).status, 200);
      equal((await pageOf(server, `${base}/nowhere`)).status, 404);
    }
  }));

Deno.test("the scripts of a page run by a word that is new each time, and answers that are no pages run none", () =>
  withServer({}, async (server) => {
    const nonces = new Set<string>();
    for (const path of ["/experiments", "/experiments/0", "/bin", "/docs/api", "/nowhere"]) {
      const response = await fetch(server.url + path, { headers: { accept: "text/html" } });
      const policy = response.headers.get("content-security-policy") ?? "";
      const nonce = /script-src 'nonce-([^']{22,})';/.exec(policy)?.[1] ?? "";
      ok(nonce !== "" && !policy.includes("unsafe-inline'; script") && !nonces.has(nonce), policy);
      nonces.add(nonce);
      const scripts = [...(await response.text()).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
      ok(scripts.length > 1 && scripts.every((tag) => tag.includes(`nonce="${nonce}"`)), scripts.join());
    }
    const api = await fetch(`${server.url}/health`);
    await api.body?.cancel();
    match(api.headers.get("content-security-policy") ?? "", /^default-src 'none';/);
  }));
