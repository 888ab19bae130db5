/** What is said to a server over HTTP, heard on the way to it. */
export interface Wiretap extends AsyncDisposable {
  /** The server's address by way of the tap. */
  url: string;
  /** The requests so far: first lines, and headers by their names in lower case. */
  heads(): { line: string; headers: Record<string, string> }[];
}

const methods =
  /(?:^|\r\n|[^\r\n])((?:GET|PUT|POST|HEAD|DELETE) \/[^\r\n]* HTTP\/1\.1)\r\n((?:[\w-]+: [^\r\n]*\r\n)+)\r\n/g;

/** Listens to what goes to `url`; bytes pass as they are, the Host header too, so that signatures hold. */
export function openWiretap(url: string): Wiretap {
  const target = new URL(url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard: string[] = [];
  const tap = async (near: Deno.Conn) => {
    const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
    const index = heard.push("") - 1;
    const latin = new TextDecoder("latin1");
    const hear = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(bytes, to) {
        heard[index] += latin.decode(bytes);
        to.enqueue(bytes);
      },
    });
    await Promise.allSettled([
      near.readable.pipeThrough(hear).pipeTo(far.writable),
      far.readable.pipeTo(near.writable),
    ]);
  };
  const work = (async () => {
    for await (const near of listener) tap(near).catch(() => {});
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    heads: () =>
      heard.flatMap((said) =>
        [...said.matchAll(methods)].map(([, line = "", headers = ""]) => ({
          line,
          headers: Object.fromEntries(
            headers.trimEnd().split("\r\n").map((header) => {
              const colon = header.indexOf(": ");
              return [header.slice(0, colon).toLowerCase(), header.slice(colon + 2)];
            }),
          ),
        }))
      ),
    async [Symbol.asyncDispose]() {
      listener.close();
      await work;
    },
  };
}
