import assert from "node:assert/strict";
import fc from "fast-check";
import type { Run } from "../../domain/entities.ts";
import { factOf, type RunsViewOptions, usualOf, viewRuns } from "../../domain/runs_view.ts";

const now = Date.UTC(2026, 10, 22);
const pairs = (record: Record<string, string>) => Object.entries(record).map(([key, value]) => ({ key, value }));

interface Made {
  metrics?: Record<string, number>;
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

let made = 0;
function run({ metrics = {}, params = {}, tags = {} }: Made): Run {
  const run_id = `run${made++}`;
  const info = {
    run_id,
    run_uuid: run_id,
    run_name: run_id,
    experiment_id: "1",
    user_id: "",
    status: "RUNNING" as const,
  };
  const values = Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp: 0 }));
  return {
    info: { ...info, start_time: now - 90_000, artifact_uri: "", lifecycle_stage: "active" },
    data: { metrics: values, params: pairs(params), tags: pairs(tags) },
    inputs: {},
  };
}

const keys = (columns: { key: string }[]): string[] => columns.map(({ key }) => key);
const view = (runs: Run[], options: Partial<RunsViewOptions> = {}) => viewRuns(runs, { now, ...options });

Deno.test("without a choice the params that differ are shown, and those that are the same are not", () => {
  const runs = [run({ params: { lr: "0.1", epochs: "90" } }), run({ params: { lr: "0.2", epochs: "90" } })];
  assert.deepEqual(keys(view(runs).params), ["lr"]);
});

Deno.test("a param that only some runs have does not differ by that alone", () => {
  const runs = [run({ params: { epochs: "90" } }), run({}), run({ params: { epochs: "90" } })];
  assert.deepEqual([...view(runs).differing], []);
});

Deno.test("without a choice a single run shows its params", () => {
  assert.deepEqual(keys(view([run({ params: { lr: "0.1" } })]).params), ["lr"]);
});

Deno.test("params that number the runs come after params that group them", () => {
  const runs = Array.from(
    { length: 6 },
    (_, i) => run({ params: { a_seed: String(i), model: i < 4 ? "vit" : "resnet" } }),
  );
  assert.deepEqual(keys(view(runs).params), ["model", "a_seed"]);
});

Deno.test("without a choice metrics of held-out data come first and the machine's are left out", () => {
  const metrics = { "train/loss": 1, "val/loss": 1, "system/gpu_0_utilization_percentage": 1, grad_norm: 1 };
  assert.deepEqual(keys(view([run({ metrics })]).metrics), ["val/loss", "train/loss", "grad_norm"]);
});

Deno.test("chosen columns are shown in the order chosen, names that are none left out", () => {
  const runs = [run({ params: { lr: "1" }, metrics: { acc: 1, loss: 1 }, tags: { team: "x" } })];
  const columns = [
    "metrics.loss",
    "tags.team",
    "metrics.acc",
    "bogus",
    "",
    "metrics.loss",
    "params.lr",
    "metrics.absent",
  ];
  const { metrics, params, tags, facts } = view(runs, { columns });
  assert.deepEqual([metrics, params, tags, facts].map(keys), [["loss", "acc", "absent"], ["lr"], ["team"], []]);
});

Deno.test("of the chosen params only those that differ are shown when asked", () => {
  const runs = [run({ params: { lr: "1", epochs: "9" } }), run({ params: { lr: "2", epochs: "9" } })];
  const columns = ["params.epochs", "params.lr"];
  assert.deepEqual(keys(view(runs, { columns }).params), ["epochs", "lr"]);
  assert.deepEqual(keys(view(runs, { columns, differ: true }).params), ["lr"]);
});

Deno.test("the column that the runs are ordered by is always there", () => {
  const order = { column: { kind: "params" as const, key: "epochs" }, descending: true };
  const runs = [run({ params: { lr: "1", epochs: "9" } }), run({ params: { lr: "2", epochs: "9" } })];
  assert.deepEqual(keys(view(runs, { order }).params), ["epochs", "lr"]);
});

Deno.test("a value is usual when at least 60 % of the runs that have one share it", () => {
  assert.equal(usualOf(["a", "a", "a", "b", "b", undefined]), "a");
  assert.equal(usualOf(["a", "a", "b", "b"]), undefined);
  assert.equal(usualOf(["a"]), undefined);
});

Deno.test("there is at most one usual value, and it is one of the values", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", undefined)), (values) => {
    const usual = usualOf(values);
    if (usual === undefined) return;
    const there = values.filter((value) => value !== undefined);
    assert.ok(there.filter((value) => value === usual).length >= 0.6 * there.length);
  }));
});

Deno.test("bars go from the least to the greatest value, and the best is best by the metric's own direction", () => {
  const runs = [0.4, 0.2, 0.3].map((loss) => run({ metrics: { loss, accuracy: loss } }));
  const cells = view(runs).metrics.map(({ key, cells }) =>
    [key, cells.map((cell) => [cell?.share, cell?.best])] as const
  );
  const shares = [1, 0, 0.5].map((share) => Math.round(share * 100));
  for (const [key, column] of cells) {
    assert.deepEqual(column.map(([share]) => Math.round(Number(share) * 100)), shares, key);
    assert.equal(column.findIndex(([, best]) => best), key === "loss" ? 1 : 0);
  }
});

Deno.test("columns of params whose values are all numbers are set to the right", () => {
  const runs = [
    run({ params: { lr: "1e-4", model: "vit", wd: "0.1" } }),
    run({ params: { lr: "3", model: "7", wd: "none" } }),
  ];
  assert.deepEqual(view(runs).params.map(({ key, numeric }) => [key, numeric]), [["lr", true], ["model", false], [
    "wd",
    false,
  ]]);
});

Deno.test("a run that has not ended has lasted until now", () => {
  assert.equal(factOf(run({}), "duration", now), "1m 30s");
});

Deno.test("a run's user, source and commit come from MLflow's tags", () => {
  const tags = {
    "mlflow.user": "mara",
    "mlflow.source.name": "/home/mara/train.py",
    "mlflow.source.git.commit": "c47be18aaaa",
  };
  const facts = (["user_id", "source", "commit"] as const).map((key) => factOf(run({ tags }), key, now));
  assert.deepEqual(facts, ["mara", "train.py", "c47be18"]);
});

Deno.test("MLflow's own tags are no columns", () => {
  assert.deepEqual(view([run({ tags: { "mlflow.user": "mara", team: "x" } })]).known.tags, ["team"]);
});
