import assert from "node:assert/strict";
import fc from "fast-check";
import { chartedMetrics, compareRuns, elided, metricRow, textRow } from "../../domain/compare.ts";
import type { KeyValue, Run } from "../../domain/entities.ts";
import { compareMetricNames, type Direction, directionOf, directions } from "../../domain/metric_names.ts";
import { nestNames } from "../../domain/nested_names.ts";

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(NaN, Infinity, -Infinity, undefined),
);
const values = fc.array(value, { minLength: 1, maxLength: 12 });
const direction = fc.constantFrom(...directions);
const pairs = (record: Record<string, string>): KeyValue[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }));

function run(run_id: string, metrics: Record<string, number>, params: Record<string, string> = {}): Run {
  return {
    info: {
      run_id,
      run_uuid: run_id,
      run_name: run_id,
      experiment_id: "1",
      user_id: "mara",
      status: "FINISHED",
      start_time: 0,
      artifact_uri: "",
      lifecycle_stage: "active",
    },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp: 0 })),
      params: pairs(params),
      tags: pairs({ "mlflow.user": "mara", stage: run_id }),
    },
    inputs: {
      dataset_inputs: [{
        dataset: { name: "cats", digest: run_id, source_type: "local", source: "cats.csv" },
        tags: pairs({ "mlflow.data.context": "train" }),
      }],
    },
  };
}

Deno.test("a metric's direction is read off its name", () => {
  const of: Record<Direction, string[]> = {
    lower: [
      "loss",
      "val/loss",
      "trainLoss",
      "RMSE",
      "val_rmse",
      "mean_absolute_error",
      "f1_loss",
      "log_loss",
      "epoch_seconds",
      "wer",
    ],
    higher: [
      "acc",
      "val/acc",
      "macroF1",
      "val_f1-score",
      "r2",
      "ROC_AUC",
      "mAP50",
      "top5",
      "images/s",
      "tokens_per_second",
      "neg_mean_squared_error",
    ],
    unknown: ["lr", "grad_norm", "epoch", "glossary", "system/cpu_time", "", "層"],
  };
  for (const each of directions) for (const name of of[each]) assert.equal(directionOf(name), each, name);
});

Deno.test("metrics on held-out data come first, losses before others, and the machine's own last", () => {
  const names = ["train/loss", "system/gpu_0", "val_acc", "layer_10", "layer_2", "val_loss", "valley"];
  assert.deepEqual(names.sort(compareMetricNames), [
    "val_loss",
    "val_acc",
    "train/loss",
    "layer_2",
    "layer_10",
    "valley",
    "system/gpu_0",
  ]);
});

Deno.test("the best of a row is never beaten, and nobody is best where all are the same", () => {
  fc.assert(fc.property(values, direction, (some, which) => {
    const { cells } = metricRow("m", some, 0, which);
    const finite = some.filter((each) => each !== undefined).filter(Number.isFinite);
    const best = cells.filter((cell) => cell?.best).map((cell) => cell?.value ?? NaN);
    const spread = new Set(finite.map((each) => each + 0)).size > 1;
    assert.equal(best.length > 0, spread && which !== "unknown");
    for (const one of best) for (const each of finite) assert.ok(which === "lower" ? one <= each : one >= each);
  }));
});

Deno.test("a delta is better, worse or the same against the baseline by the direction of the metric, and its sign is arithmetic", () => {
  const [base, less, same, more] = metricRow("val/loss", [2, 1, 2, 3], 0).cells;
  assert.deepEqual([base?.delta, base?.verdict], [undefined, undefined]);
  assert.deepEqual([less?.delta, less?.verdict], [-1, "better"]);
  assert.deepEqual([same?.delta, same?.verdict], [0, "same"]);
  assert.deepEqual([more?.delta, more?.verdict], [1, "worse"]);
  assert.equal(metricRow("val/loss", [2, 1], 0, "higher").cells[1]?.verdict, "worse");
  assert.equal(metricRow("lr", [2, 1], 0).cells[1]?.verdict, undefined);
});

Deno.test("turning the direction round turns every verdict round", () => {
  const turned = { better: "worse", worse: "better", same: "same" } as const;
  fc.assert(fc.property(values, fc.nat(11), (some, baseline) => {
    const lower = metricRow("m", some, baseline % some.length, "lower").cells;
    const higher = metricRow("m", some, baseline % some.length, "higher").cells;
    assert.deepEqual(lower.map((cell) => cell?.verdict), higher.map((cell) => cell?.verdict && turned[cell.verdict]));
    assert.deepEqual(lower.map((cell) => cell?.delta), higher.map((cell) => cell?.delta));
  }));
});

Deno.test("NaN, an infinity and a missing value have no delta and are never best", () => {
  const cells = metricRow("loss", [1, NaN, -Infinity, undefined, 0.5], 0).cells;
  assert.deepEqual(cells.map((cell) => cell?.delta), [undefined, undefined, undefined, undefined, -0.5]);
  assert.deepEqual(cells.map((cell) => cell?.best), [false, false, false, undefined, true]);
});

Deno.test("a metric's row differs unless every run has the same value, NaN being the same as NaN", () => {
  assert.equal(metricRow("m", [NaN, NaN], 0).differs, false);
  assert.equal(metricRow("m", [0, -0], 0).differs, false);
  assert.equal(metricRow("m", [1, undefined], 0).differs, true);
  fc.assert(fc.property(value, fc.integer({ min: 1, max: 9 }), (each, times) => {
    assert.equal(metricRow("m", Array.from({ length: times }, () => each), 0).differs, false);
  }));
});

Deno.test("a param is shaded where it is not the baseline's, missing ones included", () => {
  const row = textRow("lr", ["1e-3", "3e-4", undefined, "1e-3"], 0);
  assert.deepEqual(row.cells.map((cell) => cell.other), [false, true, true, false]);
  assert.equal(row.differs, true);
  assert.equal(textRow("lr", ["1", "1"], 1).differs, false);
});

Deno.test("a comparison has a row for every metric, param, tag and dataset of any run, MLflow's own tags left out", () => {
  const found = compareRuns(
    [run("a", { acc: 1 }, { lr: "1" }), run("b", { acc: 2, loss: 1 }, { lr: "1", depth: "3" })],
    {
      baseline: "b",
      directions: new Map([["acc", "lower"]]),
    },
  );
  assert.equal(found.baseline, 1);
  assert.deepEqual(found.metrics.map(({ key, direction }) => [key, direction]), [["loss", "lower"], ["acc", "lower"]]);
  assert.deepEqual(found.params.map(({ key, differs }) => [key, differs]), [["depth", true], ["lr", false]]);
  assert.deepEqual(found.tags.map(({ key }) => key), ["stage"]);
  assert.deepEqual(found.datasets.map(({ key, cells }) => [key, cells[0]?.value]), [["train", "cats (a)"]]);
});

Deno.test("an unknown baseline is the first run", () => {
  assert.equal(compareRuns([run("a", {}), run("b", {})], { baseline: "gone" }).baseline, 0);
});

Deno.test("names that share a beginning stand under it", () => {
  const lines = nestNames(["lr", "model.encoder.depth", "model.encoder.width", "model.name", "data/train/path"]);
  assert.deepEqual(lines.map(({ kind, label, depth }) => [kind, label, depth]), [
    ["leaf", "lr", 0],
    ["branch", "model.", 0],
    ["branch", "encoder.", 1],
    ["leaf", "depth", 2],
    ["leaf", "width", 2],
    ["leaf", "name", 1],
    ["leaf", "data/train/path", 0],
  ]);
});

Deno.test("every name is one leaf, its label the end of it, and every branch holds at least two", () => {
  const name = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("a", "b", ".", "/", "_"), maxLength: 12 }));
  fc.assert(fc.property(fc.uniqueArray(name.filter((each) => each !== ""), { maxLength: 30 }), (names) => {
    const lines = nestNames(names);
    assert.deepEqual(lines.filter(({ kind }) => kind === "leaf").map((leaf) => leaf.name).sort(), [...names].sort());
    for (const line of lines) assert.ok(line.name.endsWith(line.label) && line.label !== "");
    for (const branch of lines.filter(({ kind }) => kind === "branch")) {
      assert.ok(names.filter((each) => each.startsWith(branch.name)).length >= 2);
    }
  }));
});

Deno.test("long texts that begin alike are cut to where they differ, and others are left alone", () => {
  assert.deepEqual(elided(["s3://bucket/images/train-1", undefined, "s3://bucket/images/val"]), [
    "…/train-1",
    undefined,
    "…/val",
  ]);
  assert.deepEqual(elided(["a/b/c", "a/b/d"]), ["a/b/c", "a/b/d"]);
  fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "/"), maxLength: 40 })), (values) => {
    elided(values).forEach((text, i) => assert.ok(text === values[i] || values[i]?.endsWith(text?.slice(1) ?? "")));
    assert.equal(new Set(elided(values)).size, new Set(values).size);
  }));
});

Deno.test("without a choice the first metrics that have a curve are charted, fewer beside the table", () => {
  const known = ["val/loss", "val/acc", "train/loss", "lr", "system/gpu"];
  const view = { runs: ["a", "b"], transpose: false, metric: [] };
  assert.deepEqual(chartedMetrics(view, known), ["val/loss", "val/acc"]);
  assert.deepEqual(chartedMetrics({ ...view, transpose: true }, known), ["val/loss", "val/acc", "train/loss"]);
  assert.deepEqual(chartedMetrics({ ...view, metric: ["gone", "system/gpu"] }, known), ["system/gpu"]);
});
