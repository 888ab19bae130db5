/** A way to a database that can be cut, as tunnels, proxies and networks are. */
export interface Tunnel extends AsyncDisposable {
  /** The address by way of the tunnel. */
  url: string;
  /** Ends what goes through. From now on connections are accepted, and ended: at once, or when they have said something. */
  cut(end?: "at once" | "after reading"): void;
  /** What goes through, and whatever comes, stays open; but nothing reaches the other side any more. */
  swallow(): void;
  mend(): void;
  /** How many connections were accepted so far. */
  accepted(): number;
}

export function openTunnel(url: string): Tunnel {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = new URL(url);
  const through = new Set<Deno.Conn>();
  let accepted = 0;
  let lost: "at once" | "after reading" | "swallowed" | undefined;
  const accept = async (near: Deno.Conn) => {
    accepted++;
    if (lost === "after reading") await near.read(new Uint8Array(1000));
    if (lost === "at once" || lost === "after reading") return near.close();
    const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
    for (const end of [near, far]) through.add(end);
    const unlessSwallowed = () =>
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, to) => lost === "swallowed" ? undefined : to.enqueue(bytes),
      });
    await Promise.allSettled([
      near.readable.pipeThrough(unlessSwallowed()).pipeTo(far.writable),
      far.readable.pipeThrough(unlessSwallowed()).pipeTo(near.writable),
    ]);
    for (const end of [near, far]) through.delete(end);
  };
  const work = (async () => {
    for await (const near of listener) accept(near).catch(() => {});
  })();
  const cut: Tunnel["cut"] = (end = "at once") => {
    lost = end;
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
    swallow: () => void (lost = "swallowed"),
    mend: () => void (lost = undefined),
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await work;
    },
  };
}
