import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const root = "/api/2.0/mlflow-artifacts";

/** Status, code and message of a refusal. */
async function refusal(weir: Weir, method: string, path: string, body?: unknown): Promise<unknown[]> {
  const { status, body: said } = await weir.call(method, path.startsWith("/") ? path : `${root}/${path}`, body);
  return [status, said.error_code, said.message];
}

const invalidPath = [400, "INVALID_PARAMETER_VALUE", "Invalid path"];

Deno.test("a store that clients cannot reach themselves is said to be so, in MLflow's words", async () => {
  await using weir = await startWeir();
  const file = { path: "/home/ada/f.bin" };
  const upload = [501, "NOT_IMPLEMENTED", "Multipart upload is not supported for the current artifact repository"];
  const download = [501, "NOT_IMPLEMENTED", "Multipart download is not supported for the current artifact repository"];
  for (const prefix of ["/api", "/ajax-api"]) {
    const at = `${prefix}/2.0/mlflow-artifacts`;
    assert.deepEqual(await refusal(weir, "POST", `${at}/mpu/create/0/r/artifacts`, { ...file, num_parts: 2 }), upload);
    const parts = [{ part_number: 1, etag: '"x"', url: "http://s3/x" }];
    assert.deepEqual(
      await refusal(weir, "POST", `${at}/mpu/complete/0/r/artifacts`, { ...file, upload_id: "u", parts }),
      upload,
    );
    assert.deepEqual(await refusal(weir, "POST", `${at}/mpu/abort/0/r/artifacts`, { ...file, upload_id: "u" }), upload);
    assert.deepEqual(await refusal(weir, "GET", `${at}/presigned/0/r/artifacts/f.bin`), download);
  }
});

Deno.test("server-info tells clients that files go through this server, and what of the protocol is known", async () => {
  await using weir = await startWeir();
  const info = await weir.ok("GET", "/api/3.0/mlflow/server-info");
  assert.deepEqual(
    [
      info.multipart_uploads_enabled,
      info.multipart_downloads_enabled,
      info.presigned_upload_run_id_supported,
      info.presigned_upload_model_id_supported,
    ],
    [false, false, true, true],
  );
});

Deno.test("an upload in parts names the field that is missing or wrong", async () => {
  await using weir = await startWeir();
  const message = async (step: string, body: object) =>
    (await refusal(weir, "POST", `mpu/${step}/0/r/artifacts`, body)).slice(0, 3).join(" ");
  const missing = (field: string) =>
    new RegExp(`^400 INVALID_PARAMETER_VALUE Missing value for required parameter '${field}'`);
  for (const step of ["create", "complete", "abort"]) {
    for (const body of [{}, { path: "" }, { path: null }]) assert.match(await message(step, body), missing("path"));
    for (const path of [5, {}, ["x"], true]) {
      assert.match(await message(step, { path }), /^400 INVALID_PARAMETER_VALUE Invalid value .* for parameter 'path'/);
    }
  }
  assert.match(await message("create", { path: "f" }), missing("num_parts"));
  assert.match(await message("complete", { path: "f" }), missing("parts"));
  assert.match(await message("complete", { path: "f", parts: [] }), missing("parts"));
  for (const num_parts of ["x", 1.5, {}, true]) {
    assert.match(await message("create", { path: "f", num_parts }), /Invalid value .* for parameter 'num_parts'/);
  }
  for (const parts of ["x", [5], [[]], [{ part_number: "x" }], [{ etag: 5 }]]) {
    assert.match(await message("complete", { path: "f", parts }), /Invalid value .* for parameter 'parts/);
  }
  for (const upload_id of [5, {}, "a\0b", "\ud800"]) {
    assert.match(await message("abort", { path: "f", upload_id }), /^400 .* for parameter 'upload_id'/);
  }
});

Deno.test("a folder or a name of a file that could lead elsewhere is refused, however it is spelt", async () => {
  await using weir = await startWeir();
  const post = (step: string, folder: string, path: string) =>
    refusal(weir, "POST", `mpu/${step}/${folder}`, { path, num_parts: 1, upload_id: "u", parts: [{ part_number: 1 }] });
  const folders = [
    "a/%252e%252e/x",
    "..%2Fx",
    "a%5C..%5Cx",
    "a%23b",
    "a%00b",
    "%2Fetc",
    "C%3A%2Fx",
    "file%3A%2Fx",
    "%5C%5Ch%5Cx",
  ];
  const names = [
    "..",
    "a/..",
    ".",
    "a#b",
    "a\\b",
    "a\nb",
    "d/",
    "/",
    "C:\\",
    "C:\\x\\..",
    "%2e%2e",
    "%2e%2e%2fx",
    "%252e%252e",
  ];
  for (const step of ["create", "complete", "abort"]) {
    for (const folder of folders) {
      assert.deepEqual([folder, ...await post(step, folder, "f")], [folder, ...invalidPath]);
    }
    for (const name of names) assert.deepEqual([name, ...await post(step, "0/r", name)], [name, ...invalidPath]);
    assert.match((await post(step, "0/r", "x".repeat(300))).join(" "), /^400 .*longer than 255 bytes$/);
    assert.match((await post(step, `0/${"d/".repeat(600)}r`, "x")).join(" "), /^400 .*longer than 1024 bytes$/);
  }
  for (const path of [...folders, "0/r/"]) {
    assert.deepEqual([path, ...await refusal(weir, "GET", `presigned/${path}`)], [path, ...invalidPath]);
  }
});

Deno.test("without a folder or a file there is nothing, and a wrong method is told the right one", async () => {
  await using weir = await startWeir();
  for (const path of ["mpu/create", "mpu/create/", "mpu/other/x", "presigned", "presigned/"]) {
    assert.equal((await weir.call(path.startsWith("mpu") ? "POST" : "GET", `${root}/${path}`)).status, 404, path);
  }
  const response = await weir.app.request(`${root}/mpu/create/a/b`);
  assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"]);
  await response.body?.cancel();
});
