import type postgres from "postgres";
import { DatabaseSocket, type Place } from "./socket.ts";

type Sql = postgres.Sql<{ bigint: number }>;

/** The option `socket` of postgres.js, with what it has made of the address of the database. */
export type SocketOption = (address: { host: string[]; port: number[]; path?: string | false }) => DatabaseSocket;

/** Milliseconds that the queries of a pool have to end in after one of its connections was lost. */
const drain = 1000;

/** A pool of postgres.js until one of its connections is lost. */
interface Generation {
  readonly pool: Sql;
  /** Ends it; what still waits in it fails. */
  discard(): Promise<void>;
}

/**
 * A pool that outlives its connections: when one of them is lost, new queries go to a new pool that `open` makes, and those under
 * way in the old one come to their end.
 */
export function lastingPool(terms: Pick<Place, "sslmode" | "silence">, open: (socket: SocketOption) => Sql): Sql {
  let current: Generation | undefined;
  /** The one before it. There are never more, whatever is lost how often: a database takes a limited number of connections. */
  let retired: Generation | undefined;
  let known: Sql["options"] | undefined;
  let ended = false;

  function renew(): Generation {
    const sockets = new Set<DatabaseSocket>();
    const pool = open(({ host: [host = "localhost"], port: [port = 5432], path }) => {
      const socket = new DatabaseSocket({ ...terms, host, port, path: path || undefined }, () => {
        retire(generation);
        if ([...sockets].every(({ isLost }) => isLost)) generation.discard();
      });
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    });
    const discard = async () => {
      await pool.end({ timeout: 0 });
      for (const socket of sockets) if (socket.isLost) socket.close();
    };
    const generation = { pool, discard };
    // postgres.js asks for the types of arrays anew, but under load writes the first arrays before it has noted the answer.
    Object.assign(pool.options.serializers, known?.serializers);
    Object.assign(pool.options.parsers, known?.parsers);
    return generation;
  }

  function retire(generation: Generation): void {
    if (generation !== current || ended) return;
    retired?.discard();
    retired = generation;
    current = undefined;
    known = generation.pool.options;
    setTimeout(generation.discard, drain);
  }

  const latest = (): Sql => (current ??= renew()).pool;
  const end = async (options?: { timeout?: number }): Promise<void> => {
    ended = true;
    await Promise.all([current?.pool.end(options), retired?.discard()]);
  };
  return new Proxy(latest(), {
    apply: (_, self, args) => Reflect.apply(latest(), self, args),
    get: (_, name) => name === "end" ? end : Reflect.get(latest(), name),
  });
}
