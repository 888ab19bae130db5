/** What stores are filled with in tests, and how it is read again. */
import type { ArtifactStore, ByteRange, Receipt } from "../../artifacts/store.ts";

/** An empty store for one test. */
export type OpenStore = () => Promise<ArtifactStore & AsyncDisposable>;

export const MiB = 1024 * 1024;

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const body = (content: string | Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> =>
  new Blob([content]).stream();
export const put = (store: ArtifactStore, path: string, text: string): Promise<Receipt> => store.put(path, body(text));

/** The text of a file or of a range of it. */
export async function text(store: ArtifactStore, path: string, range?: ByteRange): Promise<string | undefined> {
  const file = await store.get(path, range);
  return file && await new Response(file.stream).text();
}

export const names = async (store: ArtifactStore, path: string): Promise<string[]> =>
  (await store.list(path)).map((file) => file.path);

/** A stream that gives these chunks and then fails, as when the sender's connection breaks. */
export function broken(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next) controller.enqueue(next);
      else controller.error(new Error("the connection broke"));
    },
  });
}

/** Bytes that differ everywhere, so that a part that is lost, doubled or moved is seen. */
export function noise(size: number): Uint8Array<ArrayBuffer> {
  const numbers = new Uint32Array(Math.ceil(size / 4));
  for (let i = 0, x = 1; i < numbers.length; i++) numbers[i] = x = Math.imul(x, 1664525) + 1013904223;
  return new Uint8Array(numbers.buffer, 0, size);
}

/** SHA-256. */
export const digest = async (content: BufferSource) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();

/** The paths of every file below a folder, as they come. */
export const walked = (store: ArtifactStore, folder: string): Promise<string[]> =>
  Array.fromAsync(store.walk(folder), (file) => file.path);
