import { Worker } from "node:worker_threads";

/** What is decoded: pages, with the footer that says how. */
export interface ParquetParts {
  /** Without the bytes behind it. */
  footer: Uint8Array<ArrayBuffer>;
  /** Which row group the pages are of. */
  group: number;
  /** Names of outermost columns. */
  columns: string[];
  rows: number;
  /** The first pages of each leaf column, and where in the file they begin. */
  parts: { start: number; bytes: Uint8Array<ArrayBuffer> }[];
}

/** What came of it, as texts. `columns` that could not be decoded are in `failed`, and in nothing else. */
export interface DecodedRows {
  types: string[];
  rows: string[][];
  failed: string[];
}

/** Milliseconds that a file may take; files at a time, and how many wait beyond them. */
const longest = 5_000;
const mostAtOnce = 2;
const mostWaiting = 20;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Decodes in a thread of its own, with a memory of its own that has an end: a page of a few bytes may claim to hold billions of values,
 * and the decoder believes it. RangeError for what cannot be decoded.
 */
export async function decodeParquet(parts: ParquetParts): Promise<DecodedRows> {
  if (waiting.length >= mostWaiting) throw new RangeError("Too many others are being looked into right now.");
  if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await decodeApart(parts);
  } finally {
    running--;
    waiting.shift()?.();
  }
}

async function decodeApart(parts: ParquetParts): Promise<DecodedRows> {
  const worker = new Worker(new URL("./parquet_worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
  });
  const ended = Promise.withResolvers<DecodedRows | undefined>();
  const timer = setTimeout(() => ended.resolve(undefined), longest);
  try {
    worker.on("message", ended.resolve);
    for (const event of ["error", "exit"]) worker.on(event, () => ended.resolve(undefined));
    worker.postMessage(parts);
    const decoded = await ended.promise;
    if (!decoded) throw new RangeError("It cannot be decoded.");
    return decoded;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
