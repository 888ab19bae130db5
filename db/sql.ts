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
}

const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  // Every int64 of the protocol is checked to be a safe integer on its way in.
  parse: (value: string) => Number(value),
};

/** Opens a pool. Nothing is sent before the first query. */
export function openDatabase(url: string, { pool, prepare }: DatabaseOptions): Pool {
  return lastingPool((onclose) =>
    postgres(url, {
      max: pool,
      prepare,
      types: { bigint },
      connect_timeout: 10,
      // Seconds before a connection tries again. By default up to 20, and the requests behind it would all wait for that.
      backoff: () => 0.05,
      onclose,
      max_lifetime: null,
      onnotice: () => {},
      // Poolers refuse connections that ask for a timeout (PgBouncer: "unsupported startup parameter").
      connection: { application_name: "weir", ...(prepare && { statement_timeout: 30_000 }) },
    })
  );
}

/** Milliseconds in which a database has to answer for the first time. */
const patience = 15_000;

/** Waits for the first answer. postgres.js tries for ever where connections are taken and broken off: then CONNECTION_CLOSED. */
export async function reachDatabase(sql: Pool): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    const reason = Object.assign(new Error("The database does not answer."), { code: "CONNECTION_CLOSED" });
    timer = setTimeout(() => fail(reason), patience);
  });
  await Promise.race([sql`select 1`, late]).finally(() => clearTimeout(timer));
}

/** Runs `work` in a transaction on a pool; inside one already, as part of it. */
export function transaction<T>(sql: Sql, work: (tx: Sql) => Promise<T>): Promise<T> {
  if ("begin" in sql) return sql.begin(work) as Promise<T>;
  return sql.savepoint(work) as Promise<T>;
}
