import { type ColumnChunk, type PageHead, readPageHead } from "../domain/parquet.ts";

/** Bytes of a file from `start` on, up to and without `end`. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;

/** What may still be read for a preview, in bytes, and what that may hold once it is unpacked, in bytes and values. */
interface Budget {
  bytes: number;
  unpacked: number;
  values: number;
}

const budgetOfPreview: Readonly<Budget> = { bytes: 16_000_000, unpacked: 64_000_000, values: 10_000_000 };

/** Bytes. In these the head of a page mostly is; a longest one holds texts as its least and greatest value. */
const usualHead = 16 * 1024;
const longestHead = 512 * 1024;
const columnsInFlight = 4;

export interface ColumnHead extends ColumnChunk {
  /** Its first pages; left out where they are more than may be read. */
  bytes?: Uint8Array<ArrayBuffer>;
}

/** The first pages of each column, which hold so many rows. RangeError for what is no column. */
export async function readHeads(read: ReadBytes, chunks: readonly ColumnChunk[], rows: number): Promise<ColumnHead[]> {
  const budget = { ...budgetOfPreview };
  const heads: ColumnHead[] = [];
  for (let at = 0; at < chunks.length; at += columnsInFlight) {
    const some = chunks.slice(at, at + columnsInFlight);
    heads.push(
      ...await Promise.all(some.map(async (chunk) => {
        const bytes = await readPages(read, chunk, rows, budget);
        return bytes ? { ...chunk, bytes } : chunk;
      })),
    );
  }
  return heads;
}

async function readPages(
  read: ReadBytes,
  chunk: ColumnChunk,
  rows: number,
  budget: Budget,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const column = opened(read, chunk, budget);
  let [at, seen] = [0, 0];
  while (seen < rows && at < chunk.length) {
    const head = await headAt(column, at);
    if (!head || !spend(budget, head)) return undefined;
    at += head.length + head.packed;
    if (at > chunk.length) throw new RangeError("A page of it is longer than its column.");
    if (!await column.hold(at)) return undefined;
    // A value of a list is not a row: one page of them has to do.
    if (head.data) seen += head.rows ?? (chunk.path.length > 1 ? rows : head.values);
  }
  return column.bytes().slice(0, at);
}

type Opened = ReturnType<typeof opened>;

/** The first bytes of a column, of which more are read when more are needed. */
function opened(read: ReadBytes, { start, length }: ColumnChunk, budget: Budget) {
  let held = new Uint8Array(0);
  return {
    length,
    bytes: () => held,
    /** Sees to it that the first so many bytes are there, as far as the column has them. False if they may not be read. */
    async hold(wanted: number): Promise<boolean> {
      const more = Math.min(wanted, length) - held.length;
      if (more <= 0) return true;
      if (more > budget.bytes) return false;
      budget.bytes -= more;
      const bytes = new Uint8Array(held.length + more);
      bytes.set(held);
      bytes.set(await read(start + held.length, start + bytes.length), held.length);
      held = bytes;
      return true;
    },
  };
}

async function headAt(column: Opened, at: number): Promise<PageHead | undefined> {
  for (const length of [usualHead, longestHead]) {
    if (!await column.hold(at + length)) return undefined;
    try {
      return readPageHead(column.bytes().subarray(at));
    } catch (error) {
      const all = length === longestHead || column.bytes().length === column.length;
      if (all || !(error instanceof RangeError)) throw error;
    }
  }
}

/** Whether there is room for a page, which is then taken. */
function spend(budget: Budget, { unpacked, values }: PageHead): boolean {
  if (unpacked > budget.unpacked || values > budget.values) return false;
  budget.unpacked -= unpacked;
  budget.values -= values;
  return true;
}
