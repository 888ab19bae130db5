/** A receiver of webhooks on the loopback address, for tests. */

export interface Received {
  headers: Headers;
  body: string;
  path: string;
}

export interface Receiver extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** What has arrived so far. */
  received: Received[];
}

/** Answers 200 unless `answer` says otherwise; the number is how many requests came before. */
export function startReceiver(
  answer: (received: Received, before: number) => Response | Promise<Response> = () => new Response("ok"),
): Receiver {
  const received: Received[] = [];
  const closing = new AbortController();
  const onListen = () => {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen, signal: closing.signal }, async (request) => {
    const one = { headers: request.headers, body: await request.text(), path: new URL(request.url).pathname };
    received.push(one);
    return await answer(one, received.length - 1);
  });
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
    },
  };
}

/** An answer that never comes, until the test ends it. */
export function hanging(): { answer: () => Promise<Response>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return { answer: () => promise.then((response) => response.clone()), end: () => resolve(new Response("late")) };
}

/** A server that reads what comes first over a bare connection, and cuts it. */
export function startCutter(): { port: number; received: Uint8Array[] } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: Uint8Array[] = [];
  const cutting = (async () => {
    for await (const connection of listener) {
      const buffer = new Uint8Array(4096);
      const length = await connection.read(buffer).catch(() => 0);
      received.push(buffer.subarray(0, length ?? 0));
      connection.close();
    }
  })();
  return {
    port: listener.addr.port,
    received,
    async [Symbol.asyncDispose]() {
      listener.close();
      await cutting;
    },
  };
}
