import type postgres from "postgres";
import { openSocket, type Place } from "./socket.ts";

type Sql = postgres.Sql<{ bigint: number }>;

/** The option `socket` of postgres.js, with what it has made of the address of the database. */
export type SocketOption = (
  address: { host: string[]; port: number[]; path?: string | false },
) => ReturnType<typeof openSocket>;

/**
 * A pool that outlives its connections: when one of them is lost, new queries go to a new pool that `open` makes, and those under
 * way in the old one come to their end.
 */
export function lastingPool(terms: Pick<Place, "sslmode" | "silence">, open: (socket: SocketOption) => Sql): Sql {
  let current: Sql | undefined;
  /** The one before it. There are never more, whatever is lost how often: a database takes a limited number of connections. */
  let retired: Sql | undefined;
  let known: Sql["options"] | undefined;
  let ended = false;

  function renew(): Sql {
    let sockets = 0;
    const pool = open(({ host: [host = "localhost"], port: [port = 5432], path }) => {
      sockets++;
      return openSocket({ ...terms, host, port, path: path || undefined }, (lost) => {
        sockets--;
        known = pool.options;
        if (lost) retire(pool);
        if (current !== pool && sockets === 0) discard(pool);
      });
    });
    // postgres.js asks for the types of arrays anew, but under load writes the first arrays before it has noted the answer.
    Object.assign(pool.options.serializers, known?.serializers);
    Object.assign(pool.options.parsers, known?.parsers);
    return pool;
  }

  function retire(pool: Sql): void {
    if (pool !== current || ended) return;
    if (retired) discard(retired);
    retired = pool;
    current = undefined;
  }

  /** What still waits in it fails. */
  function discard(pool: Sql): void {
    if (pool === retired) retired = undefined;
    pool.end({ timeout: 0 });
  }

  const end = async (options?: { timeout?: number }): Promise<void> => {
    ended = true;
    await Promise.all([current?.end(options), retired?.end(options)]);
  };
  const first = current = renew();
  return new Proxy(first, {
    apply: (_, self, args) => Reflect.apply(current ??= renew(), self, args),
    get: (_, name) => name === "end" ? end : Reflect.get(current ??= renew(), name),
  });
}
