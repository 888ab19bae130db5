import { deepEqual } from "node:assert/strict";
import { recordFile } from "../../db/artifact_files.ts";
import { sizesIn, totalsBelow } from "../../db/artifact_sizes.ts";
import { openDatabase, type Pool } from "../../db/sql.ts";
import { createDatabase } from "../database.ts";

const home = "mlflow-artifacts:/";

async function withFiles(files: Record<string, number>, run: (sql: Pool) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 1, prepare: true });
  try {
    for (const [path, size] of Object.entries(files)) {
      await recordFile(sql, { uri: home + path, size, checksum: "sha256:0", stored_at: 1 });
    }
    await run(sql);
  } finally {
    await sql.end();
  }
}

Deno.test("what lies in a folder is summed up by name, whatever the names are", async () => {
  const files = {
    "1/r/artifacts/🎉/a": 1,
    "1/r/artifacts/🎉/d/b": 10,
    "1/r/artifacts/🎉/d/e/c": 100,
    "1/r/artifacts/🎉0": 7,
  };
  await withFiles(files, async (sql) => {
    const sizes = await sizesIn(sql, `${home}1/r/artifacts/🎉`);
    deepEqual([...sizes].sort(), [["a", { files: 1, bytes: 1 }], ["d", { files: 2, bytes: 110 }]]);
  });
});

Deno.test("what lies below folders of experiments is summed up for each, and for none that only begins alike", async () => {
  const files = {
    "1/r/artifacts/a": 1,
    "1/models/m/artifacts/b": 10,
    "10/r/artifacts/c": 100,
    "2/r/artifacts/d": 2 ** 40,
  };
  await withFiles(files, async (sql) => {
    const totals = await totalsBelow(sql, [1, 2, 3, 1].map((id) => `${home}${id}`));
    deepEqual([...totals].sort(), [
      [`${home}1`, { files: 2, bytes: 11 }],
      [`${home}2`, { files: 1, bytes: 2 ** 40 }],
    ]);
    deepEqual(await totalsBelow(sql, []), new Map());
  });
});
