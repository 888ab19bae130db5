import assert from "node:assert/strict";
import { parquetHead } from "../../routes/parquet.ts";
import { needs } from "../tools.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "./python.ts";

const python = await systemPython();

/** Files as pandas' users write them: every codec, both kinds of pages, and one whose only row group is large. */
const script = `
import os, sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
folder = sys.argv[1]
rows = 1000
table = pa.table({
    "id": range(rows), "text": [f"row {i}" for i in range(rows)], "none": pa.nulls(rows, pa.string()),
    "list": [[i, i + 1] for i in range(rows)],
})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    for page in ["1.0", "2.0"]:
        pq.write_table(table, f"{folder}/{codec}-{page}.parquet", compression=codec, data_page_version=page)
pq.write_table(table, f"{folder}/groups.parquet", row_group_size=37)
pq.write_table(table.slice(0, 0), f"{folder}/empty.parquet")
random = np.random.default_rng(1)
rows = 400_000
pq.write_table(pa.table({f"c{i}": random.random(rows) for i in range(12)}), f"{folder}/large.parquet",
    row_group_size=rows, compression="none", use_dictionary=False)
pq.write_table(pa.table({f"c{i}": random.random(100) for i in range(300)}), f"{folder}/wide.parquet")
pq.write_table(pa.table({"id": range(10), "blob": [os.urandom(2_000_000) for _ in range(10)]}),
    f"{folder}/blobs.parquet", compression="none")
`;

Deno.test(
  "Parquet files that pyarrow writes are shown, and of large ones only their beginning is read",
  needs(python?.path, pythonIsMissing),
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "weir-parquet-" });
    try {
      const { success, output } = await run(await clientPython(python!), ["-c", script, folder]);
      assert.ok(success, output);
      await codecs(folder);
      await shapes(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

async function codecs(folder: string): Promise<void> {
  for (const codec of ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]) {
    for (const page of ["1.0", "2.0"]) {
      const { table } = await look(`${folder}/${codec}-${page}.parquet`);
      assert.deepEqual([table.left_out, table.rows.length, table.total], [undefined, 100, 1000], `${codec} ${page}`);
      assert.deepEqual(table.rows[99], ["99", "row 99", "", "[99,100]"], `${codec} ${page}`);
    }
  }
}

async function shapes(folder: string): Promise<void> {
  const groups = await look(`${folder}/groups.parquet`);
  assert.deepEqual([groups.table.rows.length, groups.table.total], [37, 1000]);
  const empty = await look(`${folder}/empty.parquet`);
  assert.deepEqual([empty.table.rows, empty.table.columns], [[], ["id", "text", "none", "list"]]);
  const large = await look(`${folder}/large.parquet`);
  assert.deepEqual([large.table.rows.length, large.table.total], [100, 400_000]);
  assert.ok(large.size > 38_000_000 && large.read < 4_000_000, `${large.read} of ${large.size} bytes`);
  const wide = await look(`${folder}/wide.parquet`);
  assert.deepEqual([wide.table.columns.length, wide.table.all_columns], [50, 300]);
  const blobs = await look(`${folder}/blobs.parquet`);
  assert.deepEqual([blobs.table.columns, blobs.table.left_out], [["id"], ["blob"]]);
  assert.ok(blobs.read < 1_000_000, `${blobs.read} bytes`);
}

async function look(path: string) {
  const bytes = await Deno.readFile(path);
  let read = 0;
  const shown = await parquetHead((start, end) => {
    read += end - start;
    return Promise.resolve(bytes.slice(start, end));
  }, bytes.length);
  if (shown.kind !== "table") throw new Error(`${path}: ${JSON.stringify(shown)}`);
  return { table: shown.table, read, size: bytes.length };
}
