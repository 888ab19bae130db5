/** A way to a database or a store that can be cut, as tunnels, proxies and networks are. */
export interface Tunnel extends AsyncDisposable {
  /** The address by way of the tunnel. */
  url: string;
  /** Ends what goes through. From now on connections are accepted, and ended: at once, or when they have said something. */
  cut(end?: "at once" | "after reading"): void;
  /** What goes through, and whatever comes, stays open; but nothing reaches the other side any more. */
  swallow(): void;
  mend(): void;
  /** Ends everything that goes through once, when so many more bytes have gone through; what comes after that finds no fault. */
  breakAfter(bytes: number): void;
  /** Lets so few bytes through in a second, on each connection and each way. */
  slow(bytes_per_second: number): void;
  /** From now on, connections lead to another server. */
  lead(url: string): void;
  /** How many connections were accepted so far. */
  accepted(): number;
  /** How many of them are open at both ends. */
  open(): number;
}

export function openTunnel(url: string): Tunnel {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let target = new URL(url);
  const through = new Set<Deno.Conn>();
  let accepted = 0;
  let lost: "at once" | "after reading" | "swallowed" | undefined;
  let pace: number | undefined;
  let untilBreak: number | undefined;
  const accept = async (near: Deno.Conn) => {
    accepted++;
    if (lost === "after reading") await near.read(new Uint8Array(1000));
    if (lost === "at once" || lost === "after reading") return near.close();
    const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
    for (const end of [near, far]) through.add(end);
    const unlessSwallowed = () =>
      new TransformStream<Uint8Array, Uint8Array>({
        async transform(bytes, to) {
          if (lost === "swallowed") return;
          if (pace !== undefined) await delay(1000 * bytes.byteLength / pace);
          to.enqueue(bytes);
          if (untilBreak === undefined || (untilBreak -= bytes.byteLength) > 0) return;
          untilBreak = undefined;
          endAll();
        },
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
  const endAll = () => {
    for (const end of through) {
      try {
        end.close();
      } catch {
        // It has ended by itself.
      }
    }
  };
  const cut: Tunnel["cut"] = (end = "at once") => {
    lost = end;
    endAll();
  };
  const near = new URL(url);
  near.port = String(listener.addr.port);
  return {
    url: near.href,
    cut,
    swallow: () => void (lost = "swallowed"),
    mend: () => void (lost = pace = untilBreak = undefined),
    breakAfter: (bytes) => void (untilBreak = bytes),
    slow: (bytes_per_second) => void (pace = bytes_per_second),
    lead: (url) => void (target = new URL(url)),
    accepted: () => accepted,
    open: () => through.size / 2,
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await work;
    },
  };
}

const delay = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
