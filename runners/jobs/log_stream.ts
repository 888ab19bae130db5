import type { Claim } from "../../domain/jobs.ts";
import { joined, type LogStream, mostAppended } from "../../domain/run_log.ts";
import { isLost, Refusal, type WorkerServer } from "./server.ts";

/** The log of a job on its way to the server. */
export interface JobLog {
  /** Waits while too much of it is under way. */
  write(stream: LogStream, bytes: Uint8Array): Promise<void>;
  /** Resolves once all is there that was written, or nothing of it is taken any more. */
  flush(): Promise<void>;
}

/** Bytes that wait before writers do. */
const most = 4 * mostAppended;

interface Part {
  stream: LogStream;
  bytes: Uint8Array;
}

/**
 * Sends what is written in order. What comes while a request is under way goes with the next one; a request whose answer got lost is made
 * again at its offset, and so is never there twice. `lost` is called when the job is not the worker's any more.
 */
export function openJobLog(
  server: WorkerServer,
  claim: Claim,
  sizes: { stdout_size: number; stderr_size: number },
  lost: () => void,
): JobLog {
  const offsets: Record<LogStream, number> = { stdout: sizes.stdout_size, stderr: sizes.stderr_size };
  let waiting: Part[] = [];
  let size = 0;
  let refused = false;
  let sending: Promise<void> | undefined;
  const send = async () => {
    while (waiting.length > 0) {
      const { stream, bytes } = take();
      await post(stream, bytes).catch((error) => {
        // The log is full, or the run deleted: the job goes on without.
        refused = true;
        waiting = [];
        size = 0;
        if (isLost(error)) lost();
      });
    }
    sending = undefined;
  };
  /** What stands at the front of one stream, as much as a request may have. */
  const take = (): Part => {
    const { stream } = waiting[0]!;
    const other = waiting.findIndex((part) => part.stream !== stream);
    const all = joined(waiting.slice(0, other < 0 ? waiting.length : other).map(({ bytes }) => bytes));
    const bytes = all.slice(0, mostAppended);
    waiting = other < 0 ? [] : waiting.slice(other);
    if (all.length > bytes.length) waiting.unshift({ stream, bytes: all.subarray(bytes.length) });
    size -= bytes.length;
    return { stream, bytes };
  };
  const post = async (stream: LogStream, bytes: Uint8Array): Promise<void> => {
    try {
      offsets[stream] = await server.log(claim, stream, offsets[stream], bytes);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      // Somebody else wrote to it, the program itself perhaps. When the job is lost this is refused as well.
      const { stdout_size, stderr_size } = await server.progress(claim, {});
      Object.assign(offsets, { stdout: stdout_size, stderr: stderr_size });
      offsets[stream] = await server.log(claim, stream, offsets[stream], bytes);
    }
  };
  return {
    async write(stream, bytes) {
      if (refused || bytes.length === 0) return;
      waiting.push({ stream, bytes });
      size += bytes.length;
      sending ??= send();
      while (size > most && sending) await sending;
    },
    async flush() {
      while (sending) await sending;
    },
  };
}
