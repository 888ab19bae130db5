import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const models = "registered-models";
const versions = "model-versions";
const promptTags = [
  { key: "mlflow.prompt.is_prompt", value: "true" },
  { key: "mlflow.prompt.text", value: "Hello {{name}}" },
  { key: "team", value: "vision" },
];

const createModel = (weir: Weir, name: string, fields: object = {}) =>
  weir.ok("POST", `${models}/create`, { name, ...fields });
const create = async (weir: Weir, fields: object) =>
  (await weir.ok("POST", `${versions}/create`, { name: "m", source: "s3://b/p", ...fields })).model_version;
const get = async (weir: Weir, version: string, name = "m") =>
  (await weir.ok("GET", `${versions}/get?name=${name}&version=${version}`)).model_version;
const downloadUri = async (weir: Weir, version: string, name = "m") =>
  (await weir.ok("GET", `${versions}/get-download-uri?name=${name}&version=${version}`)).artifact_uri;
const logModel = async (weir: Weir, fields: object = {}) =>
  (await weir.ok("POST", "logged-models", { experiment_id: "0", ...fields })).model.info;
const transition = (weir: Weir, version: string, stage: string, archive_existing_versions = false) =>
  weir.call("POST", `${versions}/transition-stage`, { name: "m", version, stage, archive_existing_versions });

Deno.test("a version comes back as it was made: ready, in no stage, with a number as text", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  const version = await create(weir, {});
  const at = version.creation_timestamp;
  assert.deepEqual(version, {
    name: "m",
    version: "1",
    creation_timestamp: at,
    last_updated_timestamp: at,
    current_stage: "None",
    description: "",
    source: "s3://b/p",
    run_id: "",
    run_link: "",
    status: "READY",
  });
  const full = await create(weir, {
    run_id: "r",
    run_link: "http://x",
    description: "d",
    tags: [{ key: "k", value: "v" }],
  });
  assert.deepEqual([full.version, full.run_id, full.run_link, full.description], ["2", "r", "http://x", "d"]);
  assert.deepEqual(full.tags, [{ key: "k", value: "v" }]);
  assert.deepEqual(await get(weir, "2"), full);
});

Deno.test("the number of a deleted version is not given out again, and nothing finds it", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  await create(weir, {});
  await create(weir, {});
  await weir.ok("POST", `${models}/alias`, { name: "m", alias: "gone", version: "2" });
  await weir.ok("DELETE", `${versions}/delete`, { name: "m", version: "2" });
  for (const path of ["get", "get-download-uri"]) {
    const { status, body } = await weir.call("GET", `${versions}/${path}?name=m&version=2`);
    assert.deepEqual([status, body.message], [404, "Model Version (name=m, version=2) not found"]);
  }
  assert.equal((await weir.call("GET", `${models}/alias?name=m&alias=gone`)).status, 400);
  assert.equal((await weir.call("DELETE", `${versions}/delete`, { name: "m", version: "2" })).status, 404);
  assert.equal((await create(weir, {})).version, "3");
});

Deno.test("a version that cannot be is refused in MLflow's words", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  await create(weir, {});
  const cases: [method: string, path: string, body: object, status: number, message: string][] = [
    ["POST", "create", { name: "x", source: "s3://b/p" }, 404, "Registered Model with name=x not found"],
    [
      "POST",
      "create",
      { name: "m", source: "s3://b/p", model_id: "m-x" },
      404,
      "Logged model with ID 'm-x' not found.",
    ],
    ["PATCH", "update", { name: "x", version: "1" }, 404, "Model Version (name=x, version=1) not found"],
    ["PATCH", "update", { name: "m", version: "abc" }, 400, "Parameter 'version' must be an integer, got 'abc'."],
    ["POST", "set-tag", { name: "m", version: "9", key: "k" }, 404, "Model Version (name=m, version=9) not found"],
    [
      "POST",
      "create",
      { name: "m", source: "models:/m-x", model_id: "m-x" },
      400,
      "Unable to fetch model from model URI source artifact location 'models:/m-x'.Error: Logged model with ID 'm-x' not found.",
    ],
  ];
  for (const [method, path, body, status, message] of cases) {
    const answer = await weir.call(method, `${versions}/${path}`, body);
    assert.deepEqual([answer.status, answer.body.message], [status, message]);
  }
  const missing = await weir.call("GET", `${versions}/get-download-uri?name=m`);
  assert.equal(missing.body.message, "Parameter 'version' must be an integer, got ''.");
  assert.equal((await create(weir, {})).version, "2", "what was refused took no number");
});

Deno.test("a version of a logged model has its run and files, and the logged model knows its versions", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  const run_id = await weir.startRun();
  const { model_id, artifact_uri } = await logModel(weir, { source_run_id: run_id });
  const version = await create(weir, { source: `models:/${model_id}`, model_id });
  assert.deepEqual([version.run_id, version.model_id], [run_id, model_id]);
  assert.equal(await downloadUri(weir, "1"), artifact_uri);
  await create(weir, { model_id });
  const { info } = (await weir.ok("GET", `logged-models/${model_id}`)).model;
  assert.deepEqual(info.registrations, [{ name: "m", version: "1" }, { name: "m", version: "2" }]);
  assert.deepEqual(info.tags, [{
    key: "mlflow.modelVersions",
    value: '[{"name": "m", "version": 1}, {"name": "m", "version": 2}]',
  }]);
  await weir.ok("POST", `${models}/rename`, { name: "m", new_name: "n" });
  await weir.ok("DELETE", `${versions}/delete`, { name: "n", version: "1" });
  const renamed = (await weir.ok("GET", `logged-models/${model_id}`)).model.info;
  assert.deepEqual(renamed.registrations, [{ name: "n", version: "2" }]);
});

Deno.test("the tag of a logged model that is no list of versions is replaced by one", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  const { model_id } = await logModel(weir, { tags: [{ key: "mlflow.modelVersions", value: "{oops" }] });
  await create(weir, { model_id });
  const { info } = (await weir.ok("GET", `logged-models/${model_id}`)).model;
  assert.deepEqual(info.tags, [{ key: "mlflow.modelVersions", value: '[{"name": "m", "version": 1}]' }]);
});

Deno.test("a copy of a version has its run, its logged model and its files", async () => {
  await using weir = await startWeir();
  for (const name of ["m", "copy"]) await createModel(weir, name);
  const run_id = await weir.startRun();
  const { model_id, artifact_uri } = await logModel(weir);
  await create(weir, { source: `models:/${model_id}`, model_id, run_id });
  await weir.ok("POST", `${models}/alias`, { name: "m", alias: "champion", version: "1" });
  for (const reference of ["m/1", "m/01", "m@champion", "m/latest", "m/none", "m@latest"]) {
    const copy = await create(weir, { name: "copy", source: `models:/${reference}` });
    assert.deepEqual([copy.source, copy.run_id, copy.model_id], ["models:/m/1", run_id, model_id], reference);
    assert.equal(await downloadUri(weir, copy.version, "copy"), artifact_uri);
  }
  await weir.ok("DELETE", `${models}/delete`, { name: "m" });
  assert.equal(await downloadUri(weir, "1", "copy"), artifact_uri);
});

Deno.test("a copy that names another run or another model than its original is refused", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  await createModel(weir, "p", { tags: [promptTags[0]] });
  const run_id = await weir.startRun();
  await create(weir, { run_id });
  const refused = async (fields: object) =>
    (await weir.call("POST", `${versions}/create`, { name: "m", source: "models:/m/1", ...fields })).body.message;
  const mismatch =
    "Invalid model version source: 'models:/m/1'. The run_id and model_id request parameters must match the referenced model version.";
  for (const fields of [{ run_id: "other" }, { run_id: "" }, { model_id: "m-x" }]) {
    assert.equal(await refused(fields), mismatch);
  }
  assert.equal(
    await refused({ source: "models:/p/1" }),
    "Invalid model version source: 'models:/p/1'. Prompt versions cannot be used as model version sources.",
  );
  assert.equal(await refused({ source: "models:/m/9" }), "Model Version (name=m, version=9) not found");
  assert.equal(
    await refused({ source: "models:/m/Production" }),
    "No versions of model with name 'm' and stage 'Production' found",
  );
  assert.equal((await create(weir, { source: "models:/m/1", run_id, model_id: "" })).run_id, run_id);
});

Deno.test("a source must lie in the run that the request names", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  const [run_id, other] = [await weir.startRun(), await weir.startRun()];
  const { artifact_uri } = (await weir.getRun(run_id)).info;
  for (const source of [`runs:/${run_id}/p`, `${artifact_uri}/p`]) {
    assert.equal((await create(weir, { source, run_id })).source, source);
    for (const wrong of [{}, { run_id: other }, { run_id: "nobody" }]) {
      const { status, body } = await weir.call("POST", `${versions}/create`, { name: "m", source, ...wrong });
      assert.equal(status, 400);
      assert.match(body.message, /The run_id request parameter must identify the resource that contains the source\.$/);
    }
  }
});

Deno.test("a version moves from stage to stage, and archives the others only where that is wanted", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  for (let version = 1; version <= 3; version++) await create(weir, {});
  for (const version of ["1", "2"]) {
    assert.equal((await transition(weir, version, "staging")).body.model_version.current_stage, "Staging");
  }
  assert.equal((await get(weir, "1")).current_stage, "Staging");
  await transition(weir, "3", "Staging", true);
  const stages = await Promise.all(["1", "2", "3"].map(async (version) => (await get(weir, version)).current_stage));
  assert.deepEqual(stages, ["Archived", "Archived", "Staging"]);
  const { entries } = await weir.ok("GET", "/api/weir/1/registered-models/history?name=m&version=1&max_results=1");
  assert.deepEqual(entries[0].detail, { from: "Staging", to: "Archived", replaced_by: "3" });
  const unknown = await transition(weir, "1", "x");
  const text = "Invalid Model Version stage: x. Value must be one of None, Staging, Production, Archived.";
  assert.deepEqual([unknown.status, unknown.body.message], [400, text]);
  assert.equal((await transition(weir, "1", "None", true)).status, 400);
  assert.equal((await transition(weir, "9", "Staging", true)).status, 404);
});

Deno.test("a description is set, emptied and taken away", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  await create(weir, {});
  for (const description of ["d", "", undefined]) {
    const { model_version } = await weir.ok("PATCH", `${versions}/update`, { name: "m", version: "1", description });
    assert.equal(model_version.description, description);
  }
});

Deno.test("tags of a version are set and deleted, and deleting one that is not there is fine", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  await create(weir, {});
  for (const value of ["v", "w"]) {
    await weir.ok("POST", `${versions}/set-tag`, { name: "m", version: "1", key: "k", value });
  }
  assert.deepEqual((await get(weir, "1")).tags, [{ key: "k", value: "w" }]);
  for (let times = 0; times < 2; times++) {
    await weir.ok("DELETE", `${versions}/delete-tag`, { name: "m", version: "1", key: "k" });
  }
  assert.equal((await get(weir, "1")).tags, undefined);
});

Deno.test("a version of a prompt has a placeholder for a source, and no other", async () => {
  await using weir = await startWeir();
  await createModel(weir, "p", { tags: [promptTags[0]] });
  const version = await create(weir, { name: "p", source: "dummy-source", tags: promptTags, description: "first" });
  assert.deepEqual([version.version, version.source, version.description], ["1", "dummy-source", "first"]);
  const { body } = await weir.call("POST", `${versions}/create`, { name: "p", source: "s3://b/p", tags: promptTags });
  assert.equal(body.message, "Invalid prompt source: 's3://b/p'. Prompt sources must use an MLflow placeholder.");
  const { entries } = await weir.ok("GET", "/api/weir/1/registered-models/history?name=p");
  assert.deepEqual(entries.map((one: { entity: string }) => one.entity), ["prompt_version", "prompt"]);
});

Deno.test("a file of a version is served by model, version and path", async () => {
  await using weir = await startWeir();
  await createModel(weir, "m");
  const run_id = await weir.startRun();
  const { artifact_uri } = (await weir.getRun(run_id)).info;
  const stored = artifact_uri.replace("mlflow-artifacts:/", "/api/2.0/mlflow-artifacts/artifacts/");
  assert.equal((await weir.app.request(`${stored}/p/MLmodel`, { method: "PUT", body: "flavors: {}" })).status, 200);
  for (const source of [`${artifact_uri}/p`, `runs:/${run_id}/p`]) await create(weir, { source, run_id });
  await create(weir, { source: "gs://b/p" });
  const file = (version: string, path: string) =>
    weir.call("GET", `/model-versions/get-artifact?name=m&version=${version}&path=${path}`);
  for (const version of ["1", "2"]) assert.equal((await file(version, "MLmodel")).body, "flavors: {}");
  assert.equal((await file("1", "none")).status, 404);
  assert.equal((await file("9", "MLmodel")).status, 404);
  for (const path of ["../x", "%252e%252e/x", "/etc/passwd", ""]) {
    assert.equal((await file("1", path)).status, 400, path);
  }
  assert.match((await file("3", "MLmodel")).body.message, /at gs:\/\/b\/p, which this server does not keep/);
  assert.equal((await weir.call("GET", "/model-versions/get-artifact?name=m&version=1")).status, 400);
});
