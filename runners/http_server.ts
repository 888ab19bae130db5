/** An HTTP server that can be ended in order. */
export interface HttpServer {
  /** Waits for the requests under way, without refusing new ones, and then closes the door. */
  end(): Promise<void>;
}

export type Answer = (request: Request) => Response | Promise<Response>;

/** Serves `answer` at an address. Throws the operating system's error when it cannot be listened to. */
export function serveHttp(
  { onListen, ...address }: { hostname: string; port: number; onListen: (port: number) => void },
  answer: Answer,
): HttpServer {
  let underWay = 0;
  let idle = () => {};
  const server = Deno.serve({ ...address, onListen: ({ port }) => onListen(port) }, async (request) => {
    underWay++;
    try {
      return await answer(request);
    } finally {
      if (--underWay === 0) idle();
    }
  });
  return {
    async end() {
      // Deno 2.9 lets no body be read to its end once it shuts down: https://github.com/denoland/deno/issues/36809
      if (underWay > 0) await new Promise<void>((done) => idle = done);
      await server.shutdown();
    },
  };
}
