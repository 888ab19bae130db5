/** Requests whose request line is sent as it stands: `fetch` would tidy `..` and `%2e` away. */

export interface RawAnswer {
  /** 0 where the server closed the connection without a word. */
  status: number;
  /** In lower case. */
  head: string;
  /** Chunks as they came: what is looked for in it must be shorter than a chunk. */
  body: string;
}

/** Sends a request on a connection of its own. `target` is what stands between the method and `HTTP/1.1`. */
export async function sendRaw(
  url: string,
  method: string,
  target: string,
  body = "",
  type = "application/octet-stream",
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(url);
  const content = encoder.encode(body);
  const head = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    `content-type: ${type}`,
    `content-length: ${content.byteLength}`,
    "connection: close",
  ];
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const answer = await exchange(connection, encoder.encode(`${head.join("\r\n")}\r\n\r\n`), content);
  const [start = "", ...rest] = answer.split("\r\n\r\n");
  return { status: Number(start.split(" ")[1] ?? 0), head: start.toLowerCase(), body: rest.join("\r\n\r\n") };
}

/** A server that refuses a head may close before it has read the body. */
async function exchange(connection: Deno.Conn, ...parts: Uint8Array[]): Promise<string> {
  let answer = "";
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(64 * 1024);
  try {
    for (const part of parts) await writeAll(connection, part);
    for (let read = await connection.read(bytes); read !== null; read = await connection.read(bytes)) {
      answer += decoder.decode(bytes.subarray(0, read), { stream: true });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return answer;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  const sent = await connection.write(bytes);
  if (sent < bytes.byteLength) await writeAll(connection, bytes.subarray(sent));
}

const encoder = new TextEncoder();
