import { deepEqual, equal } from "node:assert/strict";
import { forgetBelow, recordedFiles, recordFile, totalsOf } from "../../db/artifact_files.ts";
import { totalsBelow } from "../../db/artifact_sizes.ts";
import { openDatabase, type Sql } from "../../db/sql.ts";
import { createDatabase } from "../database.ts";

async function withDatabase(run: (sql: Sql) => Promise<void>): Promise<void> {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 8, prepare: true });
  try {
    await run(sql);
  } finally {
    await sql.end();
  }
}

const totalBelow = async (sql: Sql, folder: string) => (await totalsBelow(sql, [folder])).get(folder);

const record = (sql: Sql, path: string, size: number): Promise<void> =>
  recordFile(sql, { uri: `mlflow-artifacts:/${path}`, size, checksum: "sha256:00", stored_at: 1 });

const [r, other] = ["1".repeat(32), "2".repeat(32)];
const folder = `mlflow-artifacts:/1/${r}/artifacts`;

Deno.test("the sums of a folder follow what is stored, replaced and removed below it", () =>
  withDatabase(async (sql) => {
    await record(sql, `1/${r}/artifacts/a`, 5);
    await record(sql, `1/${r}/artifacts/d/b`, 7);
    await record(sql, `1/${r}/artifacts/d/artifacts/c`, 1);
    await record(sql, `1/${other}/artifacts/a`, 100);
    await record(sql, `10/${r}/artifacts/a`, 1000);
    deepEqual((await totalsOf(sql, [folder, "unknown"])).get(folder), { files: 3, bytes: 13 });
    await record(sql, `1/${r}/artifacts/a`, 2);
    deepEqual((await totalsOf(sql, [folder])).get(folder), { files: 3, bytes: 10 });
    deepEqual(await totalBelow(sql, "mlflow-artifacts:/1"), { files: 4, bytes: 110 });
    await forgetBelow(sql, `${folder}/d`);
    deepEqual((await totalsOf(sql, [folder])).get(folder), { files: 1, bytes: 2 });
    await forgetBelow(sql, folder);
    equal((await totalsOf(sql, [folder])).size, 0);
    deepEqual(await totalBelow(sql, "mlflow-artifacts:/1"), { files: 1, bytes: 100 });
  }));

Deno.test("a file that many send at the same time is counted once", () =>
  withDatabase(async (sql) => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => record(sql, `1/${r}/artifacts/${i % 4}`, i)));
    const { files, bytes } = await totalBelow(sql, "mlflow-artifacts:/1") ?? {};
    const noted = await Array.fromAsync(recordedFiles(sql, folder));
    deepEqual([files, bytes], [4, noted.reduce((sum, { size }) => sum + size, 0)]);
  }));

Deno.test("what is noted of a folder is read page by page in the order of bytes", () =>
  withDatabase(async (sql) => {
    const names = ["a", "a.b", "a/b", "a/é", "a0", "b", "ü", "\uffee", "\u{1f600}"];
    await Promise.all(names.map((name) => record(sql, `1/${r}/artifacts/${name}`, 1)));
    await record(sql, `1/${r}/artifacts-of-others/x`, 1);
    const noted = await Array.fromAsync(recordedFiles(sql, folder, 2), ({ uri }) => uri.slice(folder.length + 1));
    deepEqual(noted, ["a", "a.b", "a/b", "a/é", "a0", "b", "ü", "\uffee", "\u{1f600}"]);
  }));
