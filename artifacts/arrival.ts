import { createHash } from "node:crypto";
import { ApiError, invalid } from "../domain/errors.ts";
import type { Receipt } from "./store.ts";

/** A file on its way into a store. */
export interface Arrival {
  content: ReadableStream<Uint8Array>;
  /** What has passed; of the whole file once `content` was read to its end. */
  receipt(): Receipt;
}

/**
 * A file as its sender gives it. Fails before the last of it is passed on when it is not `size` bytes long
 * (INVALID_PARAMETER_VALUE) or its sender breaks off (BAD_REQUEST), so that nothing incomplete looks complete.
 */
export function arrival(reader: ReadableStreamDefaultReader<Uint8Array>, size: number | undefined): Arrival {
  let arrived = 0;
  const hash = createHash("sha256");
  const wrong = (seen: string) => invalid(`The file is not the announced ${size} bytes long: ${seen} arrived.`);
  const content = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch(brokenOff);
      arrived += value?.byteLength ?? 0;
      if (size !== undefined && arrived > size) throw wrong("more");
      if (size !== undefined && done && arrived < size) throw wrong(`only ${arrived}`);
      if (done) return controller.close();
      hash.update(value);
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { content, receipt: () => ({ size: arrived, checksum: `sha256:${hash.copy().digest("hex")}` }) };
}

function brokenOff(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : `${cause}`;
  throw new ApiError("BAD_REQUEST", `The file did not arrive in full: ${reason}`, { cause });
}
