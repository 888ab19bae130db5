/** A plain HTTP/1.1 client over a socket: what it costs must not be taken for what the server costs. */
export class Connection {
  #buffer = new Uint8Array(64 * 1024);
  #have = 0;

  private constructor(private socket: Deno.TcpConn, private readonly url: URL) {}

  static async open(address: string): Promise<Connection> {
    const url = new URL(address);
    return new Connection(await connect(url), url);
  }

  /** Sends one request and answers the body. Throws unless the status is 200. A server may close between two requests. */
  async request(method: string, path: string, body = ""): Promise<string> {
    try {
      return await this.#exchange(method, path, body);
    } catch (error) {
      if (this.#have > 0 || !(error instanceof ConnectionClosed)) throw error;
      this.socket.close();
      this.socket = await connect(this.url);
      return await this.#exchange(method, path, body);
    }
  }

  async #exchange(method: string, path: string, body: string): Promise<string> {
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.url.host}\r\ncontent-type: application/json\r\n`;
    await this.#write(encoder.encode(`${head}content-length: ${encoder.encode(body).length}\r\n\r\n${body}`));
    const end = await this.#headEnd();
    const header = decoder.decode(this.#buffer.subarray(0, end));
    const answer = /\r\ntransfer-encoding: *chunked/i.test(header)
      ? await this.#chunks(end)
      : await this.#take(end, Number(/\r\ncontent-length: *(\d+)/i.exec(header)?.[1] ?? 0));
    if (!header.startsWith("HTTP/1.1 200")) throw new Error(`${method} ${path}: ${header.split("\r\n")[0]} ${answer}`);
    return answer;
  }

  close(): void {
    this.socket.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.socket.write(bytes.subarray(sent));
    }
  }

  async #read(): Promise<void> {
    if (this.#have === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#buffer.length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const count = await this.socket.read(this.#buffer.subarray(this.#have));
    if (count === null) throw new ConnectionClosed("The server closed the connection");
    this.#have += count;
  }

  async #headEnd(): Promise<number> {
    for (let from = 0;;) {
      for (let i = from; i + 3 < this.#have; i++) {
        if (this.#buffer[i] === 13 && this.#buffer[i + 2] === 13 && this.#buffer[i + 3] === 10) return i + 4;
      }
      from = Math.max(0, this.#have - 3);
      await this.#read();
    }
  }

  /** The `length` bytes from `start`; what follows them is kept for the next answer. */
  async #take(start: number, length: number): Promise<string> {
    while (this.#have < start + length) await this.#read();
    const text = decoder.decode(this.#buffer.subarray(start, start + length));
    this.#buffer.copyWithin(0, start + length, this.#have);
    this.#have -= start + length;
    return text;
  }

  async #chunks(start: number): Promise<string> {
    await this.#take(0, start);
    for (let body = "";;) {
      const size = await this.#chunkSize();
      const chunk = await this.#take(0, size + 2);
      if (size === 0) return body;
      body += chunk.slice(0, -2);
    }
  }

  async #chunkSize(): Promise<number> {
    for (;;) {
      const line = decoder.decode(this.#buffer.subarray(0, Math.min(this.#have, 20)));
      const end = line.indexOf("\r\n");
      if (end >= 0) return parseInt(await this.#take(0, end + 2), 16);
      await this.#read();
    }
  }
}

class ConnectionClosed extends Error {}

async function connect({ hostname, port }: URL): Promise<Deno.TcpConn> {
  const socket = await Deno.connect({ hostname, port: Number(port) });
  socket.setNoDelay(true);
  return socket;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Calls per second that `clients` make, each one after the other, in `seconds`. `call` is told client and turn. What the server
 * refuses does not count (MLflow's runs out of database connections at times); where it refuses all, the first refusal is thrown.
 */
export async function throughput(
  address: string,
  clients: number,
  seconds: number,
  call: (connection: Connection, client: number, turn: number) => Promise<unknown>,
): Promise<number> {
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(address)));
  const start = performance.now();
  const end = start + 1000 * seconds;
  const refusals: unknown[] = [];
  const counts = await Promise.all(connections.map(async (connection, client) => {
    let done = 0;
    for (let turn = 0; performance.now() < end; turn++) {
      await call(connection, client, turn).then(() => done++, (reason) => refusals.push(reason));
    }
    return done;
  }));
  if (counts.every((count) => count === 0)) throw refusals[0];
  const took = (performance.now() - start) / 1000;
  connections.forEach((connection) => connection.close());
  return counts.reduce((sum, count) => sum + count, 0) / took;
}

/** Milliseconds of each of `times` calls, one after the other, when a few have gone before. */
export async function latencies(times: number, call: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < 3; i++) await call();
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await call();
    taken.push(performance.now() - start);
  }
  return taken;
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
