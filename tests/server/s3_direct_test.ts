import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { recordedFiles } from "../../db/artifact_files.ts";
import { openDatabase } from "../../db/sql.ts";
import { type Client, clientOf } from "../client.ts";
import { runWeir } from "../server.ts";
import { needs, versitygw, versitygwIsMissing } from "../tools.ts";
import { startOnS3 } from "./s3_settings.ts";

const needed = needs(await versitygw(), versitygwIsMissing);
const root = "/api/2.0/mlflow-artifacts";
const MiB = 1024 * 1024;

interface Part {
  url: string;
  part_number: number;
  headers?: Record<string, string>;
}

/** Sends a file in parts, as MLflow's client does; `path` is that of the file on the client's machine. */
async function sendInParts(client: Client, folder: string, path: string, contents: Uint8Array<ArrayBuffer>[]) {
  const at = folder.split("/").map(encodeURIComponent).join("/");
  const num_parts = contents.length;
  const { upload_id, credentials } = await client.ok("POST", `${root}/mpu/create/${at}`, { path, num_parts });
  const parts = await Promise.all(credentials.map(async ({ url, part_number, headers = {} }: Part) => {
    const answer = await fetch(url, { method: "PUT", body: contents[part_number - 1]!, headers });
    equal(answer.status, 200, await answer.text());
    return { part_number, etag: answer.headers.get("etag"), url };
  }));
  return {
    upload_id,
    parts,
    complete: () => client.call("POST", `${root}/mpu/complete/${at}`, { path, upload_id, parts }),
  };
}

const message = ({ body }: { body: { error_code: string; message: string } }) => `${body.error_code} ${body.message}`;

Deno.test(
  "a file that goes to S3 in parts past the server lands in the folder of the URL, under its bare name",
  needed,
  async () => {
    await using weir = await startOnS3();
    const client = clientOf(weir.server.url);
    const info = await client.ok("GET", "/api/3.0/mlflow/server-info");
    deepEqual([info.multipart_uploads_enabled, info.multipart_downloads_enabled], [true, true]);
    const run_id = await client.startRun();
    const folder = `0/${run_id}/artifacts`;
    const contents = [new Uint8Array(5 * MiB).fill(1), new Uint8Array([2, 3])];
    const landed = [
      ["/home/ada/work #1/f.bin", "d d/50%", "f.bin"],
      ["/home/ada/ü 葡萄 50%.bin", "", "ü 葡萄 50%.bin"],
      ["C:\\Users\\ada\\w.bin", "", "w.bin"],
      ["../x.bin", "", "x.bin"],
    ] as const;
    for (const [path, below, name] of landed) {
      const upload = await sendInParts(client, below ? `${folder}/${below}` : folder, path, contents);
      const at = below ? `${below}/${name}` : name;
      deepEqual((await upload.complete()).body, {});
      const lies = await Deno.readFile(`${weir.s3.folder}/some/prefix/${folder}/${at}`);
      deepEqual(Buffer.compare(lies, await new Blob(contents).bytes()), 0);
    }
    const sql = openDatabase(weir.database.url, { pool: 1, prepare: true });
    const noted = await Array.fromAsync(recordedFiles(sql, `mlflow-artifacts:/${folder}`));
    await sql.end();
    deepEqual(noted.map(({ size }) => size), landed.map(() => 5 * MiB + 2));
    for (const { checksum } of noted) match(checksum, /^etag:[0-9a-f]{32}-2$/);
    const { files } = await client.ok("GET", `artifacts/list?run_id=${run_id}`);
    deepEqual(files.map((file: { path: string }) => file.path), ["d d", "w.bin", "x.bin", "ü 葡萄 50%.bin"]);
    const signed = await client.ok("GET", `${root}/presigned/${folder}/d%20d/50%25/f.bin`);
    deepEqual([signed.headers, signed.file_size], [{}, 5 * MiB + 2]);
    const part = await fetch(signed.url, { headers: { range: `bytes=${5 * MiB}-` } });
    deepEqual(await part.bytes(), contents[1]);
    equal(new URL(signed.url).searchParams.get("X-Amz-Expires"), "900");
  },
);

Deno.test("an upload in parts that is wrong or gone is refused, and what was there stays", needed, async () => {
  await using weir = await startOnS3();
  const client = clientOf(weir.server.url);
  const at = "0/r/artifacts";
  for (const num_parts of [0, -1, 10_001, 2 ** 53 - 1]) {
    const answer = await client.call("POST", `${root}/mpu/create/${at}`, { path: "f", num_parts });
    equal(answer.status, 400);
    equal(message(answer), `INVALID_PARAMETER_VALUE num_parts must be between 1 and 10000 (got ${num_parts}).`);
  }
  equal((await fetch(client.file(`${at}/f`), { method: "PUT", body: "old" })).status, 200);
  const { upload_id, parts } = await sendInParts(client, at, "f", [new Uint8Array(10)]);
  const complete = async (path: string, upload: string, parts: object[]) => {
    const answer = await client.call("POST", `${root}/mpu/complete/${at}`, { path, upload_id: upload, parts });
    return `${answer.status} ${answer.body.error_code}`;
  };
  equal(await complete("f", upload_id, [{ part_number: 1, etag: "nope" }]), "400 INVALID_PARAMETER_VALUE");
  equal(await complete("f", upload_id, [{ part_number: 0, etag: "x" }]), "400 INVALID_PARAMETER_VALUE");
  equal(await complete("f", upload_id, [{ part_number: 10_001, etag: "x" }]), "400 INVALID_PARAMETER_VALUE");
  equal(await complete("f", upload_id, Array(10_001).fill(parts[0])), "400 INVALID_PARAMETER_VALUE");
  for (const other of ["nope", "", "../../x", "\t", "x".repeat(100_000)]) {
    equal(await complete("f", other, parts), "404 RESOURCE_DOES_NOT_EXIST");
    deepEqual(await client.ok("POST", `${root}/mpu/abort/${at}`, { path: "f", upload_id: other }), {});
  }
  equal(await fetch(client.file(`${at}/f`)).then((file) => file.text()), "old");
  for (let i = 0; i < 2; i++) {
    deepEqual(await client.ok("POST", `${root}/mpu/abort/${at}`, { path: "f", upload_id }), {});
  }
  equal(await complete("f", upload_id, parts), "404 RESOURCE_DOES_NOT_EXIST");
  equal(await fetch(client.file(`${at}/f`)).then((file) => file.text()), "old");
});

Deno.test("a run or model in a bucket of its own has URLs to upload to and download from", needed, async () => {
  await using weir = await startOnS3();
  const { s3 } = weir;
  const client = clientOf(weir.server.url);
  const { experiment_id } = await client.ok("POST", "experiments/create", {
    name: "direct",
    artifact_location: `s3://${s3.bucket}/elsewhere`,
  });
  const { run } = await client.ok("POST", "runs/create", { experiment_id });
  const { run_id } = run.info;
  const { model } = await client.ok("POST", "logged-models", { experiment_id });
  const path = "d d/ü 50%.html";
  for (const owner of [{ run_id }, { model_id: model.info.model_id }]) {
    const to = await client.ok("POST", "artifacts/presigned-upload-url", { ...owner, path, expiration: 86_400 });
    deepEqual(to.headers, { "Content-Type": "text/html" });
    equal(new URL(to.presigned_url).searchParams.get("X-Amz-Expires"), "900");
    const put = await fetch(to.presigned_url, { method: "PUT", body: "<b>", headers: to.headers });
    equal(put.status, 200, await put.text());
  }
  const lies = `${s3.folder}/elsewhere/models/${model.info.model_id}/artifacts/${path}`;
  equal(await Deno.readTextFile(lies), "<b>");
  await client.ok("POST", "runs/delete", { run_id });
  const from = await client.ok("POST", "artifacts/presigned-download-url", { run_id, path, expiration: "60" });
  deepEqual([from.file_size, from.headers], [3, undefined]);
  equal(new URL(from.presigned_url).searchParams.get("X-Amz-Expires"), "60");
  equal(await fetch(from.presigned_url).then((file) => file.text()), "<b>");
  const none = await client.call("POST", "artifacts/presigned-download-url", { run_id, path: "none" });
  equal(`${none.status} ${message(none)}`, "404 RESOURCE_DOES_NOT_EXIST No such artifact: 'none'");
});

Deno.test("where clients may not go to the store themselves, everything goes through the server", needed, async () => {
  await using weir = await startOnS3({ WEIR_DIRECT_TRANSFERS: "no" });
  const { s3 } = weir;
  const client = clientOf(weir.server.url);
  const info = await client.ok("GET", "/api/3.0/mlflow/server-info");
  deepEqual([info.multipart_uploads_enabled, info.multipart_downloads_enabled], [false, false]);
  const { experiment_id } = await client.ok("POST", "experiments/create", {
    name: "direct",
    artifact_location: `s3://${s3.bucket}/elsewhere`,
  });
  const { run } = await client.ok("POST", "runs/create", { experiment_id });
  const asked = [
    client.call("POST", `${root}/mpu/create/0/r/artifacts`, { path: "f", num_parts: 1 }),
    client.call("GET", `${root}/presigned/0/r/artifacts/f`),
    client.call("POST", "artifacts/presigned-upload-url", { run_id: run.info.run_id, path: "f" }),
    client.call("POST", "artifacts/presigned-download-url", { run_id: run.info.run_id, path: "f" }),
  ];
  for (const answer of await Promise.all(asked)) {
    equal(answer.status, 501);
    match(message(answer), /^NOT_IMPLEMENTED (Multipart|Presigned) (upload|download) is not supported for the current/);
  }
});

Deno.test("a setting of what objects are stored with that cannot be used keeps the server from starting", async () => {
  const { code, output } = await runWeir({ MLFLOW_S3_UPLOAD_EXTRA_ARGS: '{"SSECustomerKey": "s3cret"}' });
  equal(code, 1);
  ok(!output.includes("s3cret"));
  match(output, /^MLFLOW_S3_UPLOAD_EXTRA_ARGS is set to something else, but must be JSON such as /m);
});
