import { equal, ok, rejects } from "node:assert/strict";
import { s3Store } from "../../artifacts/s3.ts";
import { zipOf } from "../../routes/zip.ts";
import { needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { body, noise, put } from "./behaviours.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

/** A folder in S3 with two large files and a small one. */
async function folderInS3(server: S3Server) {
  const store = s3Store(`s3://${server.bucket}/prefix`, server);
  for (const name of ["a", "b"]) await store.put(`d/${name}`, body(noise(20_000_000)));
  await put(store, "d/sub/c d", "small");
  return store;
}

Deno.test("a folder in S3 comes as a zip file", needed, async () => {
  await using server = await startVersitygw();
  using store = await folderInS3(server);
  const zip = await new Response((await zipOf(store, "d"))!).bytes();
  ok(zip.length > 40_000_000);
  const end = new DataView(zip.buffer, zip.length - 22);
  equal(end.getUint32(0, true), 0x0605_4b50);
  equal(end.getUint16(10, true), 3);
  equal(await zipOf(store, "none"), undefined);
});

Deno.test("a zip file of a folder in S3 that nobody waits for any more ends at once", needed, async () => {
  await using server = await startVersitygw();
  using store = await folderInS3(server);
  const reader = (await zipOf(store, "d"))!.getReader();
  for (let part = 0; part < 5; part++) await reader.read();
  // One read is under way.
  const last = reader.read();
  await reader.cancel();
  await last;
});

Deno.test("a zip file of a folder in S3 is broken off when the store goes away", needed, async () => {
  const server = await startVersitygw();
  try {
    using store = await folderInS3(server);
    const reader = (await zipOf(store, "d"))!.getReader();
    for (let part = 0; part < 5; part++) await reader.read();
    await server.stop();
    await rejects(async () => {
      while (!(await reader.read()).done);
    });
  } finally {
    await server.stop().catch(() => {});
  }
});
