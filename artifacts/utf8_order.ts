import { byBytes } from "../domain/artifact_check.ts";

/**
 * Puts files that come in the order of UTF-16 (JavaScript's and .NET's) or of UTF-8 in that of UTF-8. The two differ only where
 * one path has a character behind U+FFFF (an emoji) and another one from U+E000 to U+FFFF: so paths with the former are held
 * back until no path follows that is the same up to there.
 */
export async function* inUtf8Order<T extends { path: string }>(files: AsyncIterable<T>): AsyncGenerator<T> {
  // By what their paths are up to that character. Each is the start of the path that came last, so there are few.
  const held = new Map<string, T[]>();
  for await (const file of files) {
    yield* release(held, (start) => !file.path.startsWith(start));
    const far = file.path.search(/[\u{10000}-\u{10ffff}]/u);
    if (far === -1) yield file;
    else hold(held, file.path.slice(0, far), file);
  }
  yield* release(held, () => true);
}

function hold<T>(held: Map<string, T[]>, start: string, file: T): void {
  const others = held.get(start);
  if (others) others.push(file);
  else held.set(start, [file]);
}

function* release<T extends { path: string }>(held: Map<string, T[]>, over: (start: string) => boolean): Generator<T> {
  const starts = [...held.keys()].filter(over);
  const files = starts.flatMap((start) => held.get(start) ?? []);
  starts.forEach((start) => held.delete(start));
  yield* files.sort((a, b) => byBytes(a.path, b.path));
}
