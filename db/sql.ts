import postgres from "postgres";
import { lastingPool } from "./pool.ts";

/** The connections of this process to one database. */
export type Pool = postgres.Sql<{ bigint: number }>;

/** A pool or a transaction: the first argument of every function in this folder. */
export type Sql = Pool | postgres.TransactionSql<{ bigint: number }>;

export interface DatabaseOptions {
  /** Connections at most. */
  pool: number;
  /** Off where a pooler that hands out connections per transaction stands between. */
  prepare: boolean;
  /** Milliseconds in which the database has to say something to a query; then it counts as lost. */
  silence?: number;
}

const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  // Every int64 of the protocol is checked to be a safe integer on its way in.
  parse: (value: string) => Number(value),
};

/** What libpq and others take in a URL for themselves. postgres.js would pass it on, and Postgres refuse it as no setting of its own. */
const clientOnly = ["channel_binding", "gssencmode", "pgbouncer", "sslcompression"];

/** Opens a pool. Nothing is sent before the first query. */
export function openDatabase(url: string, { pool, prepare, silence = 40_000 }: DatabaseOptions): Pool {
  const address = new URL(url);
  const sslmode = address.searchParams.get("sslmode") ?? address.searchParams.get("ssl") ?? "disable";
  for (const name of clientOnly) address.searchParams.delete(name);
  const options = {
    max: pool,
    prepare,
    types: { bigint },
    // The sockets are secured already.
    ssl: false,
    connect_timeout: 10,
    backoff: () => 0,
    idle_timeout: 60,
    onnotice: () => {},
    // Poolers refuse connections that ask for a timeout (PgBouncer: "unsupported startup parameter").
    connection: { application_name: "weir", ...(prepare && { statement_timeout: 30_000 }) },
  };
  return lastingPool({ sslmode, silence }, (socket) => {
    // Missing in the types of postgres.js.
    const withSocket = { ...options, socket };
    return postgres(address.href, withSocket);
  });
}

/** Runs `work` in a transaction on a pool; inside one already, as part of it. */
export function transaction<T>(sql: Sql, work: (tx: Sql) => Promise<T>): Promise<T> {
  if ("begin" in sql) return sql.begin(work) as Promise<T>;
  return sql.savepoint(work) as Promise<T>;
}

/** Whether a query failed for want of the database: it could not be reached, or was lost. By codes of the system, of postgres.js and SQLSTATEs. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|08|57P)/
    .test(code);
}
