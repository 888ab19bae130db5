import { deepEqual, equal, ok } from "node:assert/strict";
import { fingerprint, sendBigFile } from "../big_file.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { needsProc, peakMemory } from "../processes.ts";
import { reachableFolder, type Server, startServer } from "../server.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { s3Settings } from "./s3_settings.ts";

/** Sends a file of so many megabytes up and down through the proxy; all of the server's memory stays below 300 MB. */
async function passesThrough(server: Server, megabytes: number): Promise<void> {
  const url = clientOf(server.url).file("0/r/artifacts/big.bin");
  const { status, sha256 } = await sendBigFile(url, megabytes);
  equal(status, 200);
  equal(await fingerprint(url), sha256);
  const peak = await peakMemory(server.pid);
  ok(peak < 300, `${peak} MB`);
}

Deno.test("a file of 300 MB passes through a server whose memory stays flat", needsProc, async () => {
  await using database = await createDatabase();
  await using folder = await reachableFolder();
  const server = await startServer({ DATABASE_URL: database.url, WEIR_DATA_DIR: folder.path });
  await passesThrough(server, 300);
  equal(await server.stop(), 0);
});

const needsS3 = { ignore: needs(await versitygw(), versitygwIsMissing).ignore || needsProc.ignore };

Deno.test(
  "a file of 200 MB passes through to S3 and back, and the memory of the server stays flat",
  needsS3,
  async () => {
    await using s3 = await startVersitygw();
    await using database = await createDatabase();
    const server = await startServer({ ...s3Settings(s3), DATABASE_URL: database.url });
    await passesThrough(server, 200);
    deepEqual((await Deno.stat(`${s3.folder}/some/prefix/0/r/artifacts/big.bin`)).size, 200_000_000);
    equal(await server.stop(), 0);
  },
);
