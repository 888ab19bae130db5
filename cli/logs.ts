import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { weirClient } from "../client/weir.ts";
import { type LogStream, logStreams } from "../domain/run_log.ts";
import { appendAll } from "./logs_append.ts";
import { ask, reached, Refused, trackingUri } from "./server.ts";

interface Options {
  follow?: boolean;
  append?: boolean;
  stream?: LogStream;
  tail?: number;
  trackingUri: string;
}

export const logs = new Command("logs")
  .description("Prints what a run printed, or adds standard input to it.")
  .argument("<run>", "the run's id")
  .option("-f, --follow", "go on while the run does")
  .option("-n, --tail <lines>", "only the last lines", lineCount)
  .addOption(new Option("--stream <stream>", "one of both").choices(logStreams))
  .addOption(
    new Option("--append", "add standard input to the run's log, as it comes").conflicts(["follow", "tail"]),
  )
  .addOption(trackingUri())
  .action(async (run_id: string, options: Options) => {
    const { trackingUri, append, follow, stream, tail } = options;
    if (append) return await appendAll(trackingUri, run_id, stream ?? "stdout", Deno.stdin.readable);
    const asked = { run_id, ...(stream && { stream }) };
    const position = tail === undefined && follow
      ? 0
      : tail === undefined
      ? await printAll(trackingUri, asked)
      : await printEnd(trackingUri, asked, tail);
    if (follow) await followOn(trackingUri, asked, position);
  });

interface Asked {
  run_id: string;
  stream?: LogStream;
}

function lineCount(text: string): number {
  const lines = Number(text);
  if (!Number.isInteger(lines) || lines < 1 || lines > 10_000) throw new InvalidArgumentError("It must be 1 to 10000.");
  return lines;
}

async function print(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

async function printAll(server: string, asked: Asked): Promise<number> {
  const { body } = await ask(server, `/api/weir/1/runs/logs/download?${new URLSearchParams({ ...asked })}`);
  for await (const bytes of body ?? new Blob().stream()) await print(bytes);
  return 0;
}

/** Answers how many bytes the log has. */
async function printEnd(server: string, asked: Asked, max_lines: number): Promise<number> {
  const client = weirClient(server);
  const { lines, unfinished, stdout_size, stderr_size } = await reached(
    server,
    () => client("GET /api/weir/1/runs/logs", { ...asked, max_lines }),
  );
  const text = lines.map((line) => `${line.text}\n`).concat(unfinished.map((line) => line.text)).join("");
  await print(new TextEncoder().encode(text));
  return stdout_size + stderr_size;
}

const Piece = z.object({ base64: z.string() });

/** Milliseconds before a broken connection is opened again. */
const pause = 1000;
/** Times in a row that this may go wrong. */
const mostFailures = 60;

/** Prints what comes until the run has ended. A broken connection is opened again where it broke. */
export async function followOn(server: string, asked: Asked, position: number): Promise<void> {
  let at = String(position);
  for (let failures = 0; failures < mostFailures; failures++) {
    try {
      for await (const { event, id, data } of events(server, asked, at)) {
        failures = 0;
        if (event === "end") return;
        if (event === "piece") await print(Uint8Array.fromBase64(Piece.parse(JSON.parse(data)).base64));
        if (id !== "") at = id;
      }
    } catch (error) {
      const broken = error instanceof TypeError ||
        (error instanceof Refused && /There is no answer/.test(error.message));
      if (!broken) throw error;
    }
    await new Promise((done) => setTimeout(done, pause));
  }
  throw new Refused(`${server} is gone.`);
}

interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

async function* events(server: string, asked: Asked, at: string): AsyncGenerator<ServerEvent> {
  const query = new URLSearchParams({ ...asked });
  const headers = { "last-event-id": at };
  const { body } = await ask(server, `/api/weir/1/runs/logs/events?${query}`, { headers });
  let text = "";
  for await (const piece of (body ?? new Blob().stream()).pipeThrough(new TextDecoderStream())) {
    const found = (text + piece).split("\n\n");
    text = found.pop() ?? "";
    for (const event of found) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(event)?.[1] ?? "";
      if (field("event") !== "") yield { event: field("event"), id: field("id"), data: field("data") };
    }
  }
}
