/** Requests of which one half arrives later or never. */
export interface HalfRequest {
  /** Sends the other half and answers the response. */
  finish(): Promise<{ status: number; body: string }>;
  /** Breaks the connection off, as a client that dies does. */
  breakOff(): void;
}

/** Sends the first half of a request with a body, on a connection of its own: with its length, or as one chunk of no known number. */
export async function sendHalf(
  url: string,
  method: string,
  body: Uint8Array | string,
  type = "application/octet-stream",
  sent: "announced" | "chunked" = "announced",
): Promise<HalfRequest> {
  const { hostname, port, pathname, host } = new URL(url);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const half = Math.floor(bytes.byteLength / 2);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = [
    `${method} ${pathname} HTTP/1.1`,
    `host: ${host}`,
    `content-type: ${type}`,
    sent === "chunked" ? "transfer-encoding: chunked" : `content-length: ${bytes.byteLength}`,
    "connection: close",
  ];
  const send = async (part: Uint8Array): Promise<void> => {
    const sent = await connection.write(part);
    if (sent < part.byteLength) await send(part.subarray(sent));
  };
  await send(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
  if (sent === "chunked") await send(new TextEncoder().encode(`${bytes.byteLength.toString(16)}\r\n`));
  await send(bytes.subarray(0, half));
  return {
    async finish() {
      await send(bytes.subarray(half));
      if (sent === "chunked") await send(new TextEncoder().encode("\r\n0\r\n\r\n"));
      const answer = await new Response(connection.readable).text();
      const [status = ""] = answer.split("\r\n");
      return { status: Number(status.split(" ")[1]), body: answer.slice(answer.indexOf("\r\n\r\n") + 4) };
    },
    breakOff: () => connection.close(),
  };
}
