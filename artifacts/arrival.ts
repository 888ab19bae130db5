import { createHash } from "node:crypto";
import { ApiError, invalid } from "../domain/errors.ts";
import type { Receipt } from "./store.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A file on its way into a store. */
export interface Arrival {
  /**
   * The file in parts of `length` bytes, of which the last may be shorter; an empty file is one empty part. Buffers are taken from `free`
   * as far as there are. Fails before the last part when the file is not as long as announced (INVALID_PARAMETER_VALUE) or its sender
   * breaks off (BAD_REQUEST), so that nothing incomplete looks complete.
   */
  parts(length: number, free?: ArrayBuffer[]): AsyncGenerator<Bytes>;
}

/**
 * Has a file stored as its sender gives it, and answers what has passed. When that fails, the sender is told to stop. `size` in bytes,
 * where it was announced.
 */
export async function takeIn(
  body: ReadableStream<Uint8Array>,
  size: number | undefined,
  store: (file: Arrival) => Promise<void>,
): Promise<Receipt> {
  const { receipt, cancel, ...file } = arrival(body, size);
  try {
    await store(file);
    return receipt();
  } catch (error) {
    await cancel(error).catch(() => {});
    throw error;
  }
}

interface Arriving extends Arrival {
  /** What has passed; of the whole file once the last part has. */
  receipt(): Receipt;
  cancel(reason: unknown): Promise<void>;
}

function arrival(body: ReadableStream<Uint8Array>, size: number | undefined): Arriving {
  const source = openSource(body);
  const hash = createHash("sha256");
  let arrived = 0;
  const wrong = (seen: string) => invalid(`The file is not the announced ${size} bytes long: ${seen} arrived.`);
  async function* parts(length: number, free: ArrayBuffer[] = []): AsyncGenerator<Bytes> {
    for (let first = true;; first = false) {
      const { part, ended } = await source.fill(free.pop() ?? new ArrayBuffer(Math.max(length, 1))).catch(brokenOff);
      arrived += part.byteLength;
      if (size !== undefined && (arrived > size || arrived === size && !ended && await source.hasMore())) {
        throw wrong("more");
      }
      if (ended && size !== undefined && arrived < size) throw wrong(`only ${arrived}`);
      hash.update(part);
      if (first || part.byteLength > 0) yield part;
      if (ended || arrived === size) return;
    }
  }
  return {
    parts,
    receipt: () => ({ size: arrived, checksum: `sha256:${hash.copy().digest("hex")}` }),
    cancel: source.cancel,
  };
}

interface Source {
  /** Fills a buffer from its start, as far as there is content. */
  fill(buffer: ArrayBuffer): Promise<{ part: Bytes; ended: boolean }>;
  /** Whether there is content beyond what was filled in. What is read for that is lost. */
  hasMore(): Promise<boolean>;
  cancel(reason: unknown): Promise<void>;
}

/** Of a request the bytes go straight into the buffer; other streams hand out buffers of their own, to be copied. */
function openSource(body: ReadableStream<Uint8Array>): Source {
  try {
    return straight(body.getReader({ mode: "byob" }));
  } catch (error) {
    if (error instanceof TypeError && !body.locked) return copied(body.getReader());
    throw error;
  }
}

function straight(reader: ReadableStreamBYOBReader): Source {
  const fill = async (buffer: ArrayBuffer) => {
    const view = new Uint8Array(buffer);
    const { value = new Uint8Array(), done } = await reader.read(view, { min: view.byteLength });
    return { part: value, ended: done || value.byteLength < view.byteLength };
  };
  return {
    fill,
    hasMore: async () => (await fill(new ArrayBuffer(1))).part.byteLength > 0,
    cancel: (reason) => reader.cancel(reason),
  };
}

function copied(reader: ReadableStreamDefaultReader<Uint8Array>): Source {
  let rest: Uint8Array = new Uint8Array();
  let ended = false;
  const next = async () => {
    const { value, done } = await reader.read();
    if (done) ended = true;
    else rest = value;
  };
  return {
    async fill(buffer) {
      const part = new Uint8Array(buffer);
      let filled = 0;
      while (filled < part.byteLength) {
        if (rest.byteLength === 0) await next();
        if (ended) break;
        const piece = rest.subarray(0, part.byteLength - filled);
        part.set(piece, filled);
        filled += piece.byteLength;
        rest = rest.subarray(piece.byteLength);
      }
      return { part: part.subarray(0, filled), ended };
    },
    async hasMore() {
      while (!ended && rest.byteLength === 0) await next();
      return rest.byteLength > 0;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function brokenOff(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : `${cause}`;
  throw new ApiError("BAD_REQUEST", `The file did not arrive in full: ${reason}`, { cause });
}

/**
 * Sends parts as they come, so many at once, and waits for all of them. After the first that fails no further one is sent; nothing is
 * under way any more when this ends.
 */
export async function sendParts(
  parts: AsyncIterable<Bytes>,
  atOnce: number,
  send: (part: Bytes, number: number) => Promise<void>,
): Promise<void> {
  const flying = new Set<Promise<void>>();
  let number = 0;
  try {
    for await (const part of parts) {
      if (flying.size === atOnce) await Promise.race(flying);
      const sent = send(part, ++number).finally(() => flying.delete(sent));
      // It is waited for below, or was overtaken by another that failed.
      sent.catch(() => {});
      flying.add(sent);
    }
    await Promise.all(flying);
  } finally {
    await Promise.allSettled(flying);
  }
}
