import type postgres from "postgres";

type Sql = postgres.Sql<{ bigint: number }>;

/** Seconds that the queries of a pool have to end in after one of its connections was lost. */
const drain = 5;

/**
 * A pool that outlives its connections. postgres.js (3.4.9) can lose a query whose connection breaks while it is being written, and
 * the query then waits for ever: https://github.com/porsager/postgres/issues/1208. So after the loss of a connection new queries go
 * to a new pool that `open` makes, and what is still waiting in the old one fails a few seconds later.
 */
export function lastingPool(open: (onclose: () => void) => Sql): Sql {
  const draining = new Set<Promise<void>>();
  let ended = false;
  let current: Sql | undefined;
  let known: Sql["options"] | undefined;

  function renew(): Sql {
    const pool = open(() => {
      known = pool.options;
      if (ended || current !== pool) return;
      current = undefined;
      const drained = pool.end({ timeout: drain }).finally(() => draining.delete(drained));
      draining.add(drained);
    });
    // A connection that is lost while it asks for the types of arrays never asks again, and would write arrays wrongly.
    Object.assign(pool.options.serializers, known?.serializers);
    Object.assign(pool.options.parsers, known?.parsers);
    current = pool;
    return pool;
  }

  async function end(options?: { timeout?: number }): Promise<void> {
    ended = true;
    await Promise.all([current?.end(options), ...draining]);
  }

  return new Proxy(renew(), {
    apply: (_, self, query) => Reflect.apply(current ?? renew(), self, query),
    get: (_, name) => name === "end" ? end : Reflect.get(current ?? renew(), name),
  });
}
