import type { Config } from "../config.ts";

/** Why the database cannot be used, as an Error of one sentence that holds no password. */
export function databaseError(error: unknown, { databaseUrl }: Pick<Config, "databaseUrl">): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const ours = databaseUrl === undefined ? "Weir's own Postgres" : "The database of DATABASE_URL";
  const sentence = sentences[code] ?? (code.startsWith("ERR_TLS") || code.includes("CERT") ? tls : undefined);
  return new Error(`${ours} ${sentence ?? `cannot be used: ${message(error)}.`}`, { cause: error });
}

/** Why Weir cannot listen at its address, as an Error of one sentence. */
export function addressError(error: unknown, { host, port }: Pick<Config, "host" | "port">): Error {
  return new Error(reason(error, host, port), { cause: error });
}

function reason(error: unknown, host: string, port: number): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Port ${port} is taken by another program: end that one, or set PORT to another number.`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `HOST is ${host}, but must be an address of this machine.`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `The operating system lets only its administrator listen on port ${port}: set PORT to a number above 1023.`;
  }
  return `Weir cannot listen on ${host}, port ${port}: ${message(error)}.`;
}

/** One line, without the full stop. */
const message = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.?\s*(\n[^]*)?$/, "");

const unreachable = "cannot be reached: check that it runs and that host and port are right.";
const silent = "breaks the connection off: check that it is a Postgres, and whether it takes TLS (sslmode).";
const tls = "has a certificate that cannot be trusted: mend it, or set sslmode=require to do without the check.";

/** What follows the name of the database, by the codes of postgres.js and of the system, and the SQLSTATEs of Postgres. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  CONNECT_TIMEOUT: unreachable,
  CONNECTION_CLOSED: silent,
  ECONNRESET: silent,
  EPIPE: silent,
  "28P01": "refuses the user name or password.",
  "28000": "refuses the user.",
  "3D000": "does not exist: create it first.",
  "42501": "does not let its user create schema weir: grant it create on the database.",
  "53100": "has no space left on its disk.",
  "53300": "takes no more connections: set WEIR_POOL to fewer, or raise its max_connections.",
  "57014": "took too long to get ready: another Weir may be bringing it up to date, so try again.",
};
