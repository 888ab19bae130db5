import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type AzureServer, azurite, azuriteIsMissing, startAzurite } from "../azurite.ts";
import { fingerprint, sendBigFile } from "../big_file.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { needsProc, peakMemory } from "../processes.ts";
import { runWeir, startServer } from "../server.ts";
import { needs } from "../tools.ts";

const needed = needs(await azurite(), azuriteIsMissing);

/** The environment of a Weir that keeps its artifacts in a container. */
const azureSettings = (azure: AzureServer): Record<string, string> => ({
  ARTIFACT_ROOT: `${azure.root}/some/prefix`,
  AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
});

/** Starts Weir with its artifacts in a container of its own. */
async function startOnAzure() {
  await using starting = new AsyncDisposableStack();
  const azure = starting.use(await startAzurite());
  const database = starting.use(await createDatabase());
  const server = await startServer({ ...azureSettings(azure), DATABASE_URL: database.url });
  starting.defer(async () => void await server.stop());
  const running = starting.move();
  return { azure, server, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

Deno.test("with artifacts in Azure Blob, files go in and out by the proxy and by the run", needed, async () => {
  await using weir = await startOnAzure();
  const client = clientOf(weir.server.url);
  const run_id = await client.startRun();
  const url = client.file(`0/${run_id}/artifacts/d/a%20b.txt`);
  equal(await fetch(url, { method: "PUT", body: "0123456789" }).then((put) => put.text()), "{}");
  equal(await fetch(url).then((file) => file.text()), "0123456789");
  const part = await fetch(url, { headers: { range: "bytes=2-4" } });
  deepEqual([part.status, part.headers.get("content-range"), await part.text()], [206, "bytes 2-4/10", "234"]);
  const byRun = `${weir.server.url}/get-artifact?run_id=${run_id}&path=d/a%20b.txt`;
  equal(await fetch(byRun).then((file) => file.text()), "0123456789");
  const { files } = await client.ok("GET", `artifacts/list?run_id=${run_id}&path=d`);
  deepEqual(files, [{ path: "d/a b.txt", is_dir: false, file_size: 10 }]);
  const stored = weir.azure.client.getBlobClient(`some/prefix/0/${run_id}/artifacts/d/a b.txt`);
  equal(`${await stored.downloadToBuffer()}`, "0123456789");
  equal(await fetch(url, { method: "DELETE" }).then((gone) => gone.text()), "{}");
  equal(await stored.exists(), false);
  equal((await fetch(url).then(async (gone) => (await gone.body?.cancel(), gone))).status, 404);
});

Deno.test(
  "a file of 400 MB passes through to Azure Blob and back, and the memory of the server stays flat",
  { ignore: needed.ignore || needsProc.ignore },
  async () => {
    await using weir = await startOnAzure();
    const url = clientOf(weir.server.url).file("0/r/artifacts/big.bin");
    const { status, sha256 } = await sendBigFile(url, 400);
    equal(status, 200);
    equal(await fingerprint(url), sha256);
    const blob = weir.azure.client.getBlobClient("some/prefix/0/r/artifacts/big.bin");
    equal((await blob.getProperties()).contentLength, 400_000_000);
    const peak = await peakMemory(weir.server.pid);
    // Less than the server needs for itself, some 170 MB, with the file.
    ok(peak < 500, `${peak} MB`);
  },
);

Deno.test("a file goes past the server to Azure Blob in parts, and is fetched from there", needed, async () => {
  await using weir = await startOnAzure();
  const client = clientOf(weir.server.url);
  const at = (what: string) => `/api/2.0/mlflow-artifacts/${what}/0/r/artifacts`;
  const path = "big.bin";
  const started = await client.call("POST", at("mpu/create"), { path, num_parts: 2 });
  const { upload_id, credentials } = started.body;
  const parts = [];
  for (const { url, part_number, headers } of credentials) {
    const sent = await fetch(url, { method: "PUT", headers, body: `part ${part_number};` });
    equal(sent.status, 201, await sent.text());
    parts.push({ part_number, url, etag: sent.headers.get("etag") ?? "" });
  }
  equal((await client.call("POST", at("mpu/complete"), { path, upload_id, parts })).status, 200);
  const { url, file_size } = (await client.call("GET", `${at("presigned")}/${path}`)).body;
  equal(file_size, 14);
  ok(url.startsWith(weir.azure.endpoint));
  equal(await fetch(url).then((file) => file.text()), "part 1;part 2;");
});

Deno.test("a client that breaks off in the middle of an upload to Azure Blob leaves no file", needed, async () => {
  await using weir = await startOnAzure();
  const client = clientOf(weir.server.url);
  const file = "0/r/artifacts/big.bin";
  const blob = weir.azure.client.getBlockBlobClient(`some/prefix/${file}`);
  const blocks = async () =>
    (await blob.getBlockList("uncommitted").catch(() => undefined))?.uncommittedBlocks?.length ?? 0;
  const upload = await sendHalf(client.file(file), "PUT", new Uint8Array(60_000_000));
  await until(async () => await blocks() >= 2);
  upload.breakOff();
  // The server goes on, and what follows takes the place of what broke off.
  equal((await fetch(client.file("0/r/artifacts/other"), { method: "PUT", body: "x" })).status, 200);
  equal(await blob.exists(), false);
  equal((await client.call("GET", `/api/2.0/mlflow-artifacts/artifacts/${file}`)).status, 404);
  equal((await fetch(client.file(file), { method: "PUT", body: "whole" })).status, 200);
  equal(await fetch(client.file(file)).then((whole) => whole.text()), "whole");
});

Deno.test("Weir says in one sentence why it cannot keep artifacts in Azure Blob", needed, async () => {
  await using azure = await startAzurite();
  await using database = await createDatabase();
  const settings = { ...azureSettings(azure), DATABASE_URL: database.url };
  const missing = await runWeir({ ...settings, ARTIFACT_ROOT: azure.root.replace("artifacts", "no-such") });
  match(
    missing.output,
    /^The artifact store wasbs:\/\/no-such@\S+ cannot be used: it refused: ContainerNotFound: .+\n$/,
  );
  const bare = await runWeir({ ...settings, AZURE_STORAGE_CONNECTION_STRING: "" });
  match(bare.output, /^The storage account weir needs credentials: set AZURE_STORAGE_CONNECTION_STRING, or .+\n$/);
  deepEqual([missing.code, bare.code], [1, 1]);
});
