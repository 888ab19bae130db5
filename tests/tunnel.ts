/** A way to a database that can be cut, as tunnels, proxies and networks are. */
export interface Tunnel extends AsyncDisposable {
  /** The address by way of the tunnel. */
  url: string;
  /** Ends what goes through. From now on connections are accepted, and ended at once. */
  cut(): void;
  mend(): void;
}

export function openTunnel(url: string): Tunnel {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = new URL(url);
  const through = new Set<Deno.Conn>();
  let whole = true;
  const accept = async (near: Deno.Conn) => {
    if (!whole) return near.close();
    const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
    for (const end of [near, far]) through.add(end);
    await Promise.allSettled([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)]);
    for (const end of [near, far]) through.delete(end);
  };
  const work = (async () => {
    for await (const near of listener) accept(near).catch(() => {});
  })();
  const cut = () => {
    whole = false;
    for (const end of through) {
      try {
        end.close();
      } catch {
        // It has ended by itself.
      }
    }
  };
  const near = new URL(url);
  near.port = String(listener.addr.port);
  return {
    url: near.href,
    cut,
    mend: () => void (whole = true),
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await work;
    },
  };
}
