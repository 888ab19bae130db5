import assert from "node:assert/strict";
import type { KeyValue, Run } from "../../domain/entities.ts";
import { modelUris, reproduce } from "../../views/run_snippets.ts";

function run(tags: Record<string, string>, params: KeyValue[] = []): Run {
  return {
    info: {
      run_id: "r1",
      run_uuid: "r1",
      run_name: "r",
      experiment_id: "1",
      user_id: "",
      status: "FINISHED",
      start_time: 0,
      artifact_uri: "",
      lifecycle_stage: "active",
    },
    data: { tags: Object.entries(tags).map(([key, value]) => ({ key, value })), params },
    inputs: {},
  };
}

const git = { "mlflow.source.name": "train.py", "mlflow.source.git.commit": "c47be18" };

Deno.test("a run that knows its code says how to run it again, and one that does not says nothing", () => {
  assert.equal(reproduce(run({}), "http://h"), undefined);
  assert.equal(reproduce(run({ "mlflow.source.name": "train.py" }), "http://h"), undefined);
  assert.equal(
    reproduce(run({ ...git, "mlflow.source.git.repoURL": "https://h/r.git" }), "http://h"),
    "export MLFLOW_TRACKING_URI='http://h'\ngit clone 'https://h/r.git' code && cd code\ngit checkout 'c47be18'\npython 'train.py'",
  );
  const project = run({ ...git, "mlflow.source.type": "PROJECT" }, [{ key: "alpha", value: "0.5" }]);
  assert.match(
    reproduce(project, "http://h") ?? "",
    /^mlflow run 'train.py' \\\n {2}--experiment-id '1' \\\n {2}--env-manager local \\\n {2}-v 'c47be18' \\\n {2}-P 'alpha=0.5'$/m,
  );
});

Deno.test("what a tag holds cannot become a command of the lines to paste", async () => {
  const evil = "$(echo ran) `echo ran`; echo 'ran' \"\\' && echo ran #.py";
  const line = reproduce(run({ ...git, "mlflow.source.name": evil }), "http://h")?.split("\n").at(-1) ?? "";
  const { stdout } = await new Deno.Command("sh", { args: ["-c", line.replace("python", "printf %s")] }).output();
  assert.equal(new TextDecoder().decode(stdout), evil);
});

Deno.test("a run's models are those that it logged, by a tag for clients before MLflow 3", () => {
  assert.deepEqual(modelUris({ ...run({}), outputs: { model_outputs: [{ model_id: "m-1", step: 0 }] } }), [
    "models:/m-1",
  ]);
  const history = JSON.stringify([{ artifact_path: "model" }, { artifact_path: "model" }, null, { other: 1 }]);
  assert.deepEqual(modelUris(run({ "mlflow.log-model.history": history })), ["runs:/r1/model"]);
  assert.deepEqual(modelUris(run({ "mlflow.log-model.history": "not JSON" })), []);
});
