import assert from "node:assert/strict";
import fc from "fast-check";
import type { Shown, Table } from "../../domain/preview.ts";
import { parquetHead } from "../../routes/parquet.ts";

const types = await Deno.readFile(new URL("../fixtures/types.parquet", import.meta.url));

const head = (bytes: Uint8Array<ArrayBuffer>): Promise<Shown> =>
  parquetHead((start, end) => {
    assert.ok(start >= 0 && end <= bytes.length, `${start} to ${end}`);
    return Promise.resolve(bytes.slice(start, end));
  }, bytes.length);

async function table(bytes: Uint8Array<ArrayBuffer>): Promise<Table> {
  const shown = await head(bytes);
  assert.equal(shown.kind, "table");
  return shown.kind === "table" ? shown.table : { columns: [], rows: [] };
}

async function refusal(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const shown = await head(bytes);
  return shown.kind === "unreadable" ? shown.reason : shown.kind;
}

Deno.test("a Parquet file is a table of its first rows, every type as it was written", async () => {
  const { columns, types: kinds = [], rows, total, all_columns, left_out } = await table(types);
  assert.deepEqual([rows.length, total, all_columns, left_out], [100, 120, 16, undefined]);
  const seen = columns.map((name, i) => [name, kinds[i], rows[9]?.[i]]);
  assert.deepEqual(seen, [
    ["id", "int64", "9"],
    ["large", "int64", "1152921504606846985"],
    ["small", "uint8", "9"],
    ["rate", "float", "0.9"],
    ["score", "double", "2.25"],
    ["odd", "double", "Infinity"],
    ["name", "string", "é 9"],
    ["flag", "bool", "false"],
    ["raw", "binary", "0x0009"],
    ["at", "timestamp", "2026-01-02 03:04:05.678901"],
    ["day", "date", "2026-01-02"],
    ["time", "time", "01:02:03"],
    ["price", "decimal", "12.30"],
    ["list", "list", "[9,10]"],
    ["pair", "struct", '{"x":9,"y":"q"}'],
    ["nothing", "null", ""],
  ]);
  assert.equal(rows[7]?.[4], "");
  assert.equal(rows[8]?.[5], "NaN");
});

Deno.test("a file that only is called Parquet cannot be shown, and it is said why", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const none = "It is not a Parquet file, or not all of one.";
  for (const content of ["", "PAR1", "a,b\n1,2\n".repeat(99), "PAR1PAR1"]) {
    assert.ok([none, "Its footer is longer than the file."].includes(await refusal(text(content))), content);
  }
  assert.equal(await refusal(types.slice(0, -1)), none);
  assert.equal(await refusal(text(`${"x".repeat(99)}PARE`)), "It is encrypted.");
});

/** The file with other bytes in some places, counted from its end where negative. */
function changed(at: number, bytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const copy = types.slice();
  copy.set(bytes, at < 0 ? copy.length + at : at);
  return copy;
}

Deno.test("a footer that claims more than there is, is refused before anything is made for it", async () => {
  assert.equal(await refusal(changed(-8, [0xff, 0xff, 0xff, 0x7f])), "Its footer is longer than the file.");
  const length = new DataView(types.buffer, types.length - 8).getUint32(0, true);
  // A list of two billion, at the start.
  assert.equal(
    await refusal(changed(-8 - length, [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07])),
    "A list is longer than the rest.",
  );
  // Structs in structs in structs.
  assert.equal(
    await refusal(changed(-8 - length, Array<number>(200).fill(0x1c))),
    "A struct is nested too deeply.",
  );
});

Deno.test("whatever bytes of a Parquet file are damaged, it is a table or said to be unreadable", async () => {
  const damage = fc.array(fc.tuple(fc.nat(types.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const copy = types.slice();
      for (const [at, byte] of changes) copy[at] = byte;
      const { kind } = await head(copy);
      assert.ok(kind === "table" || kind === "unreadable");
    }),
    { numRuns: 60 },
  );
});
