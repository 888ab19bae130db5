import { ApiError, invalid } from "../domain/errors.ts";

/**
 * A file as its sender gives it. Fails before the last of it is passed on when it is not `size` bytes long
 * (INVALID_PARAMETER_VALUE) or its sender breaks off (BAD_REQUEST), so that nothing incomplete looks complete.
 */
export function exactly(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  size: number | undefined,
): ReadableStream<Uint8Array> {
  let arrived = 0;
  const wrong = (seen: string) => invalid(`The file is not the announced ${size} bytes long: ${seen} arrived.`);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch(brokenOff);
      arrived += value?.byteLength ?? 0;
      if (size !== undefined && arrived > size) throw wrong("more");
      if (size !== undefined && done && arrived < size) throw wrong(`only ${arrived}`);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function brokenOff(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : `${cause}`;
  throw new ApiError("BAD_REQUEST", `The file did not arrive in full: ${reason}`, { cause });
}
