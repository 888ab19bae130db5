/** Why Weir cannot start, in one plain sentence. */
export function startupError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const sentence = sentences[code];
  if (sentence) return sentence;
  if (error instanceof Deno.errors.AddrInUse) {
    return "The port is taken by another program: end that one, or set PORT to another number.";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) return "HOST is not an address of this machine.";
  if (error instanceof Deno.errors.PermissionDenied) return `The operating system denies it: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

const unreachable =
  "The database of DATABASE_URL cannot be reached: check that it runs and that host and port are right.";

/** By the codes of postgres.js and the SQLSTATEs of Postgres. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: unreachable,
  ENOTFOUND: unreachable,
  CONNECT_TIMEOUT: unreachable,
  CONNECTION_CLOSED: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  "28P01": "The database refuses the user name or password of DATABASE_URL.",
  "28000": "The database refuses the user of DATABASE_URL.",
  "3D000": "The database that DATABASE_URL names does not exist: create it first.",
  "42501": "The user of DATABASE_URL may not create schema weir: grant it create on the database.",
  "53100": "The disk of the database is full.",
  "53300": "The database takes no more connections: set WEIR_POOL to fewer, or raise its max_connections.",
};
