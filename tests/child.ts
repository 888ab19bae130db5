/** A process that a test has started, with what it says. */
export interface WatchedChild {
  pid: number;
  output: () => string;
  /** Its exit code, once all is read that it said. */
  ended: Promise<number>;
  hasEnded: () => boolean;
  /** Sends a signal, unless it has ended, and answers its exit code. */
  end: (signal: Deno.Signal) => Promise<number>;
}

/** `streams` are those of its outputs that are piped. */
export function watchChild(
  child: Deno.ChildProcess,
  streams: readonly ReadableStream<Uint8Array<ArrayBuffer>>[],
): WatchedChild {
  let output = "";
  let over = false;
  const said = Promise.all(
    streams.map((stream) =>
      stream.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (text) => void (output += text) }))
    ),
  );
  const ended = child.status.then(async ({ code }) => {
    over = true;
    await said;
    return code;
  });
  const end = (signal: Deno.Signal) => {
    if (!over) child.kill(signal);
    return ended;
  };
  return { pid: child.pid, output: () => output, ended, hasEnded: () => over, end };
}
