import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

async function modelWithFiles(weir: Weir): Promise<string> {
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m" });
  for (const path of ["a.txt", "d/b.txt"]) {
    const url = `/api/2.0/mlflow-artifacts/artifacts/0/models/${model.info.model_id}/artifacts/${path}`;
    assert.equal((await weir.app.request(url, { method: "PUT", body: path })).status, 200);
  }
  return model.info.model_id;
}

Deno.test("the folders of a logged model are listed by paths from its root", async () => {
  await using weir = await startWeir();
  const model_id = await modelWithFiles(weir);
  const path = `logged-models/${model_id}/artifacts/directories`;
  const root_uri = `mlflow-artifacts:/0/models/${model_id}/artifacts`;
  assert.deepEqual(await weir.ok("GET", path), {
    root_uri,
    files: [{ path: "a.txt", is_dir: false, file_size: 5 }, { path: "d", is_dir: true }],
  });
  assert.deepEqual(await weir.ok("GET", `${path}?artifact_directory_path=d`), {
    root_uri,
    files: [{ path: "d/b.txt", is_dir: false, file_size: 7 }],
  });
  assert.deepEqual(await weir.ok("GET", `${path}?artifact_directory_path=none`), { root_uri });
  assert.equal((await weir.call("GET", `${path}?artifact_directory_path=../x`)).body.message, "Invalid path");
  assert.equal((await weir.call("GET", "logged-models/m-none/artifacts/directories")).status, 404);
});

Deno.test("a file of a logged model is sent as an attachment", async () => {
  await using weir = await startWeir();
  const url = `/ajax-api/2.0/mlflow/logged-models/${await modelWithFiles(weir)}/artifacts/files`;
  const response = await weir.app.request(`${url}?artifact_file_path=d/b.txt`);
  assert.deepEqual([response.status, await response.text()], [200, "d/b.txt"]);
  assert.equal(response.headers.get("content-disposition"), "attachment; filename=b.txt");
  const refused = async (query: string) => {
    const { status, body } = await weir.call("GET", url + query);
    return [status, body.error_code, body.message];
  };
  assert.deepEqual(await refused(""), [
    400,
    "BAD_REQUEST",
    'Request must include the "artifact_file_path" query parameter.',
  ]);
  assert.deepEqual(await refused("?artifact_file_path=../x"), [400, "INVALID_PARAMETER_VALUE", "Invalid path"]);
  assert.equal((await refused("?artifact_file_path=none"))[0], 404);
});
