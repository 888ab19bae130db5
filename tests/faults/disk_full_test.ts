import { deepEqual, equal, match, ok } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { runWeir, startServer } from "../server.ts";
import { mountSmallDisk, needsSmallDisk } from "../small_disk.ts";

/** Megabytes: less than what Postgres is copied from, and less than it needs for its first database. */
for (const size of [1, 75]) {
  Deno.test(`a start on a full disk of ${size} MB is refused in a sentence`, needsSmallDisk, async () => {
    await using disk = await mountSmallDisk(size);
    ok(disk);
    const { code, output } = await runWeir({ WEIR_DATA_DIR: disk.path });
    deepEqual([code, output], [1, `The disk that holds ${disk.path} is full.\n`]);
  });
}

Deno.test(
  "a file that the disk cannot take is refused, leaves nothing, and others are taken",
  needsSmallDisk,
  async () => {
    await using disk = await mountSmallDisk(4);
    ok(disk);
    await using database = await createDatabase();
    const server = await startServer({ DATABASE_URL: database.url, ARTIFACT_ROOT: disk.path });
    const { call, file } = clientOf(server.url);
    const put = async (name: string, size: number) => {
      const answer = await fetch(file(`0/r/artifacts/${name}`), { method: "PUT", body: new Uint8Array(size) });
      return { status: answer.status, body: await answer.text() };
    };
    for (let i = 0; i < 3; i++) {
      const { status, body } = await put("big", 6_000_000);
      equal(status, 409);
      match(body, /The disk that holds the artifacts is full: free some space, then send the file again\./);
      equal((await put(`small-${i}`, 1_000_000)).status, 200);
    }
    const { body } = await call("GET", "/api/2.0/mlflow-artifacts/artifacts?path=0/r/artifacts");
    deepEqual(body.files.map((one: { path: string }) => one.path), ["small-0", "small-1", "small-2"]);
    equal(await server.stop(), 0);
  },
);
