import { joined } from "../domain/run_log.ts";
import type { LogBlock } from "./run_log_blocks.ts";
import { type Sql, transaction } from "./sql.ts";

/** Small blocks, and bytes in them, that may wait to be put together. */
const mostLoose = 128;
const mostLooseBytes = 1024 * 1024;

/** Bytes from which on a block is not put together with others. */
const large = 64 * 1024;
export const isLarge = (size: number): boolean => size >= large;

export const isDue = ({ loose, loose_size }: { loose: number; loose_size: number }): boolean =>
  loose >= mostLoose || loose_size >= mostLooseBytes;

type Row = LogBlock & { stderr: number; first_time: number };

/** Puts small blocks of a log together. Readers see the same bytes at every moment; writers of this log wait. */
export async function packLog(sql: Sql, run: number): Promise<void> {
  await transaction(sql, async (tx) => {
    const [head] = await tx<{ packed: number; loose: number; loose_size: number }[]>`
      select packed, loose, size - packed as loose_size from weir.run_logs where run = ${run} for update`;
    if (head === undefined || !isDue(head)) return;
    const small = await tx<Row[]>`
      delete from weir.run_log_blocks where run = ${run} and position >= ${head.packed}
      returning position, size, first_line, lines, stdout, stderr, first_time, pieces, body`;
    const packed = together(small.toSorted((a, b) => a.position - b.position));
    for (const { position, size, first_line, lines, stdout, stderr, first_time, pieces, body } of packed) {
      await tx`
        insert into weir.run_log_blocks (run, position, size, first_line, lines, stdout, stderr, first_time, pieces, body)
        values (${run}, ${position}, ${size}, ${first_line}, ${lines}, ${stdout}, ${stderr}, ${first_time},
          ${`{${pieces}}`}::text::bigint[], ${body})`;
    }
    const last = packed.at(-1);
    const open = last !== undefined && !isLarge(last.size);
    await tx`
      update weir.run_logs set loose = ${open ? 1 : 0}, packed = ${
      open ? last.position : sql`size`
    } where run = ${run}`;
  });
}

function together(small: readonly Row[]): Row[] {
  const packed: Row[] = [];
  let group: Row[] = [];
  let size = 0;
  for (const block of small) {
    group.push(block);
    size += block.size;
    if (!isLarge(size)) continue;
    packed.push(oneOf(group));
    [group, size] = [[], 0];
  }
  return group.length > 0 ? [...packed, oneOf(group)] : packed;
}

function oneOf(group: readonly Row[]): Row {
  const [first] = group;
  const sum = (value: (row: Row) => number): number => group.reduce((all, row) => all + value(row), 0);
  return {
    ...first!,
    size: sum((row) => row.size),
    lines: sum((row) => row.lines),
    stderr: sum((row) => row.stderr),
    pieces: group.flatMap(({ pieces }) => pieces).reduce(withPiece, []),
    body: joined(group.map(({ body }) => body)),
  };
}

/** Flattened triples again: a stream that goes on within the same second goes on in the same piece. */
function withPiece(pieces: number[], value: number, i: number, all: readonly number[]): number[] {
  if (i % 3 !== 2) return pieces;
  const [stream = 0, size = 0] = [all[i - 2], all[i - 1]];
  const at = pieces.length - 3;
  const same = pieces[at] === stream && Math.floor((pieces[at + 2] ?? 0) / 1000) === Math.floor(value / 1000);
  if (same) pieces[at + 1] = (pieces[at + 1] ?? 0) + size;
  else pieces.push(stream, size, value);
  return pieces;
}
