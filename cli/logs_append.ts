import { type WeirClient, weirClient, WeirError } from "../client/weir.ts";
import { joined, type LogStream, mostAppended } from "../domain/run_log.ts";
import { reached, Refused } from "./server.ts";

/** Milliseconds between two tries, growing up to the second one. */
const firstPause = 250;
const longestPause = 15_000;
/** Milliseconds in which the server has to take what was sent, tries included. */
const patience = 10 * 60_000;

/**
 * Adds what comes to a stream of a run's log. What comes while a request is under way goes with the next one; a request whose answer got
 * lost is sent again at its offset, and so is never there twice.
 */
export async function appendAll(
  server: string,
  run_id: string,
  stream: LogStream,
  input: ReadableStream<Uint8Array>,
): Promise<void> {
  const client = weirClient(server);
  const { stdout_size, stderr_size } = await reached(
    server,
    () => client("GET /api/weir/1/runs/logs", { run_id, max_lines: 1 }),
  );
  let offset = stream === "stdout" ? stdout_size : stderr_size;
  for await (const bytes of gathered(input)) {
    await send(client, server, { run_id, stream, offset, base64: bytes.toBase64() });
    offset += bytes.length;
  }
}

async function send(
  client: WeirClient,
  server: string,
  request: { run_id: string; stream: LogStream; offset: number; base64: string },
): Promise<void> {
  const until = Date.now() + patience;
  for (let pause = firstPause;; pause = Math.min(longestPause, 2 * pause)) {
    try {
      await client("POST /api/weir/1/runs/logs", request);
      return;
    } catch (error) {
      const passing = error instanceof TypeError ||
        (error instanceof WeirError && (error.status >= 500 || error.status === 429));
      if (!passing) throw error;
      if (Date.now() > until) throw new Refused(`${server} did not take the log for ten minutes: ${error.message}`);
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

/** What a stream holds in pieces of at most what a request may have; the stream waits while four of them lie here. */
export async function* gathered(input: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let wake = () => {};
  const changed = (): Promise<void> => new Promise((done) => wake = done);
  let ended = false;
  let abandoned = false;
  let failure: unknown;
  const reading = (async () => {
    for await (const bytes of input) {
      if (abandoned) continue; // whoever writes is not kept waiting
      waiting.push(bytes);
      size += bytes.length;
      wake();
      while (size > 4 * mostAppended && !abandoned) await new Promise((done) => setTimeout(done, 20));
    }
  })().catch((error) => failure = error).finally(() => {
    ended = true;
    wake();
  });
  try {
    for (;;) {
      if (size === 0 && ended) break;
      if (size === 0) {
        await changed();
        continue;
      }
      const all = joined(waiting);
      const now = all.subarray(0, mostAppended);
      const rest = all.subarray(mostAppended);
      waiting = rest.length > 0 ? [rest] : [];
      size = rest.length;
      yield now;
    }
  } finally {
    abandoned = true;
  }
  await reading;
  if (failure !== undefined) throw failure;
}
