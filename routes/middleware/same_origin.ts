import type { MiddlewareHandler } from "hono";

const unsafe = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Keeps web pages of others away from a server that trusts whoever reaches it. A Host that is not one of ours is DNS rebinding
 * (CVE-2025-14279); a write that a browser says comes from another site is forged (the algorithm of datasette's csrf.py). Clients
 * that are not browsers send neither header.
 */
export function sameOrigin(allowedHosts: readonly string[]): MiddlewareHandler {
  const hosts = new Set([
    "localhost",
    "127.0.0.1",
    "[::1]",
    "0.0.0.0",
    ...allowedHosts.map((host) => host.toLowerCase()),
  ]);
  return async function sameOrigin(context, next) {
    const host = context.req.header("host")?.toLowerCase() ?? "";
    const exempt = context.req.path === "/health" || context.req.path === "/version";
    if (!exempt && host !== "" && !hosts.has("*") && !isKnown(host, hosts)) {
      return context.text("Invalid Host header - possible DNS rebinding attack detected", 403);
    }
    if (unsafe.has(context.req.method) && isForeign(context.req.raw.headers, host)) {
      return context.text("Cross-origin request blocked", 403);
    }
    await next();
  };
}

function isKnown(host: string, hosts: ReadonlySet<string>): boolean {
  const name = host.replace(/:\d+$/, "");
  return hosts.has(name) || hosts.has(host) || isPrivateAddress(name);
}

/** Addresses of a private network cannot be rebound to: a name could. */
const isPrivateAddress = (name: string): boolean =>
  /^(10\.\d+|127\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+$/.test(name) || /^\[f[cd][0-9a-f]*:/.test(name);

function isForeign(headers: Headers, host: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site === "same-origin" || site === "none") return false;
  const origin = headers.get("origin");
  if (origin === null) return site !== null;
  return URL.parse(origin)?.host !== host;
}
