import assert from "node:assert/strict";
import { startWeir } from "../weir.ts";

Deno.test("a run starts with a name, an artifact location and its tags", async () => {
  await using weir = await startWeir();
  const tags = [{ key: "mlflow.user", value: "mara" }];
  const { run } = await weir.ok("POST", "runs/create", {
    experiment_id: "0",
    start_time: "5",
    run_name: "one",
    user_id: "mara",
    tags,
  });
  assert.match(run.info.run_id, /^[0-9a-f]{32}$/);
  assert.deepEqual(run.info, {
    run_id: run.info.run_id,
    run_uuid: run.info.run_id,
    run_name: "one",
    experiment_id: "0",
    user_id: "mara",
    status: "RUNNING",
    start_time: 5,
    artifact_uri: `mlflow-artifacts:/0/${run.info.run_id}/artifacts`,
    lifecycle_stage: "active",
  });
  assert.deepEqual(run.data, { tags: [{ key: "mlflow.runName", value: "one" }, ...tags] });
  assert.deepEqual(run.inputs, {});
  assert.deepEqual((await weir.ok("GET", `runs/get?run_uuid=${run.info.run_id}`)).run, { ...run, outputs: {} });
});

Deno.test("a run without a name gets one, and a tag names it too", async () => {
  await using weir = await startWeir();
  const create = (fields: object) => weir.call("POST", "runs/create", { experiment_id: "0", ...fields });
  assert.match((await create({})).body.run.info.run_name, /^[a-z]+-[a-z]+-\d+$/);
  const tag = { key: "mlflow.runName", value: "tagged" };
  assert.equal((await create({ tags: [tag] })).body.run.info.run_name, "tagged");
  const clash = await create({ run_name: "other", tags: [tag] });
  assert.equal(clash.status, 400);
  assert.match(clash.body.message, /Both 'run_name' argument and 'mlflow.runName' tag are specified/);
});

Deno.test("a run in a missing or deleted experiment is refused", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const refused = async (id: string) => {
    const { status, body } = await weir.call("POST", "runs/create", { experiment_id: id });
    return [status, body.error_code, body.message];
  };
  assert.deepEqual(await refused("999"), [404, "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=999 exists"]);
  assert.deepEqual(await refused("99999999999999999999"), [
    404,
    "RESOURCE_DOES_NOT_EXIST",
    "No Experiment with id=99999999999999999999 exists",
  ]);
  assert.deepEqual(await refused("x"), [
    400,
    "INVALID_PARAMETER_VALUE",
    "Invalid experiment ID 'x'. Experiment ID must be a valid integer.",
  ]);
  assert.deepEqual(await refused(experiment_id), [
    400,
    "INVALID_PARAMETER_VALUE",
    `The experiment ${experiment_id} must be in the 'active' state. Current state is deleted.`,
  ]);
});

Deno.test("an update changes what it names and nothing else", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun({ run_name: "before" });
  const update = async (fields: object) => (await weir.ok("POST", "runs/update", { run_id, ...fields })).run_info;
  assert.equal((await update({ status: "BOGUS" })).status, "RUNNING");
  assert.equal((await update({ status: 3, end_time: 9 })).status, "FINISHED");
  const renamed = await update({ run_name: "after" });
  assert.deepEqual([renamed.run_name, renamed.status, renamed.end_time], ["after", "FINISHED", 9]);
  assert.equal((await update({ run_name: "" })).run_name, "after");
  assert.ok(
    (await weir.getRun(run_id)).data.tags?.some((tag) => tag.key === "mlflow.runName" && tag.value === "after"),
  );
});

Deno.test("a deleted run can be read and restored, and refuses every write", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.ok("POST", "runs/delete", { run_id });
  await weir.ok("POST", "runs/delete", { run_id });
  assert.equal((await weir.getRun(run_id)).info.lifecycle_stage, "deleted");
  const writes: [string, object][] = [
    ["log-metric", { key: "m", value: 1, timestamp: 1 }],
    ["log-parameter", { key: "p", value: "1" }],
    ["log-batch", { metrics: [{ key: "m", value: 1, timestamp: 1 }] }],
    ["log-batch", { params: [{ key: "p", value: "1" }] }],
    ["log-batch", {}],
    ["set-tag", { key: "t", value: "1" }],
    ["delete-tag", { key: "mlflow.runName" }],
    ["update", { status: "FINISHED" }],
    ["log-inputs", { models: [{ model_id: "m-1" }] }],
    ["outputs", { models: [{ model_id: "m-1", step: 0 }] }],
  ];
  for (const [path, body] of writes) {
    const answer = await weir.call("POST", `runs/${path}`, { run_id, ...body });
    assert.deepEqual([path, answer.status, answer.body.message], [
      path,
      400,
      `The run ${run_id} must be in the 'active' state. Current state is deleted.`,
    ]);
  }
  await weir.ok("POST", "runs/restore", { run_id });
  await weir.ok("POST", "runs/log-parameter", { run_id, key: "p", value: "1" });
});

Deno.test("a param keeps its first value, and its repeat is fine", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const log = (value: string) => weir.call("POST", "runs/log-parameter", { run_id, key: "p", value });
  assert.equal((await log("1")).status, 200);
  assert.equal((await log("1")).status, 200);
  const changed = await log("2");
  assert.equal(changed.status, 400);
  assert.equal(
    changed.body.message,
    `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${run_id}'. ` +
      "Attempted logging new value '2'.",
  );
});

Deno.test("of many writers of one param exactly one wins", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const answers = await Promise.all(
    Array.from(
      { length: 12 },
      (_, i) => weir.call("POST", "runs/log-parameter", { run_id, key: "p", value: String(i) }),
    ),
  );
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(11).fill(400)]);
});

Deno.test("of many batches with one param, and of many writers of a param of a model, exactly one wins", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0" });
  const { model_id } = model.info;
  for (
    const [path, names] of [["runs/log-batch", { run_id }], [`logged-models/${model_id}/params`, { model_id }]] as const
  ) {
    const answers = await Promise.all(
      Array.from(
        { length: 12 },
        (_, i) =>
          weir.call("POST", path, { ...names, params: [{ key: "p", value: String(i) }, { key: `p${i}`, value: "1" }] }),
      ),
    );
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(11).fill(400)]);
  }
  assert.equal((await weir.getRun(run_id)).data.params?.length, 2);
});

Deno.test("long params and tags are cut, as MLflow cuts them", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.ok("POST", "runs/log-batch", {
    run_id,
    params: [{ key: "p", value: "x".repeat(7000) }],
    tags: [{ key: "t", value: "y".repeat(9000) }],
  });
  const { params, tags } = (await weir.getRun(run_id)).data;
  assert.equal(params?.[0]?.value.length, 6000);
  assert.equal(tags?.find((tag) => tag.key === "t")?.value.length, 8000);
});

Deno.test("a dataset is known by name and digest, and an input is recorded once", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const dataset = { name: "wine", digest: "abc", source_type: "local", source: "{}", schema: "s", profile: "p" };
  const input = { dataset, tags: [{ key: "mlflow.data.context", value: "training" }] };
  await weir.ok("POST", "runs/log-inputs", { run_id, datasets: [input] });
  await weir.ok("POST", "runs/log-inputs", {
    run_id,
    datasets: [{ dataset: { ...dataset, source: "other" } }],
    models: [{ model_id: "m-1" }],
  });
  await weir.ok("POST", "runs/outputs", { run_id, models: [{ model_id: "m-2", step: 3 }] });
  const run = await weir.getRun(run_id);
  assert.deepEqual(run.inputs, { dataset_inputs: [input], model_inputs: [{ model_id: "m-1" }] });
  assert.deepEqual(run.outputs, { model_outputs: [{ model_id: "m-2", step: 3 }] });
});
