import { type LogStream, logStreams } from "../domain/run_log.ts";
import { appendAll } from "./logs_append.ts";

/** A run's log while something writes it. */
export interface RunLog {
  /** Waits while the server does not take what came before. */
  write: (stream: LogStream, bytes: Uint8Array) => Promise<void>;
  /** Waits until the server has all of it. */
  end: () => Promise<void>;
}

/** Opens the log of a run. Where the server no longer takes it, that is said once, and the rest is dropped: the run goes on. */
export function openRunLog(server: string, run_id: string, say: (line: string) => void): RunLog {
  const streams = new Map(logStreams.map((name) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    let sending: Promise<void> | undefined;
    let broken = false;
    const begin = () =>
      sending ??= appendAll(server, run_id, name, readable).catch((error) => {
        broken = true;
        say(`The log of the run is incomplete: ${error.message}`);
      });
    return [name, {
      write: async (bytes: Uint8Array) => {
        begin();
        if (!broken) await writer.write(bytes).catch(() => {});
      },
      end: async () => {
        if (!sending) return;
        await writer.close().catch(() => {});
        await sending.catch(() => {});
      },
    }];
  }));
  return {
    write: async (stream, bytes) => await streams.get(stream)?.write(bytes),
    end: async () => void await Promise.all([...streams.values()].map(({ end }) => end())),
  };
}
