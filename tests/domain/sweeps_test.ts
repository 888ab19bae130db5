import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { whyStop } from "../../domain/sweeps/early_stopping.ts";
import { planOf } from "../../domain/sweeps/plan.ts";
import { randomNumbers } from "../../domain/sweeps/random.ts";
import { type Dimension, sizeOfSpace } from "../../domain/sweeps/space.ts";
import { suggest } from "../../domain/sweeps/suggest.ts";
import { bestTrial, type Goal, type Search, type Sweep, type Trial } from "../../domain/sweeps/sweep.ts";

const key = fc.stringMatching(/^[a-z][\w. -]{0,8}[a-z]$/);
const choice = fc.record({
  key,
  values: fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 6 }),
});

const search = (fields: Partial<Search>): Search => ({
  method: "random",
  space: [{ key: "a", values: ["1", "2"] }],
  metric: "loss",
  goal: "minimize",
  max_trials: 100,
  parallel: 1,
  seed: 7,
  ...fields,
});

const trial = (number: number, values: readonly string[], fields: Partial<Trial> = {}): Trial => ({
  number,
  job_id: `j${number}`,
  run_id: `r${number}`,
  state: "finished",
  cancelling: false,
  values: values.map((value, index) => ({ key: String(index), value })),
  ...fields,
});

/** Lets one trial after the other measure what it was given. */
function searched(asked: Search, measure: (values: readonly string[]) => number): Trial[] {
  const trials: Trial[] = [];
  for (let number = 1; number <= asked.max_trials; number++) {
    const point = suggest(asked, number, trials);
    if (point === undefined) break;
    trials.push(trial(number, point, { value: measure(point) }));
  }
  return trials;
}

Deno.test("a grid tries every combination once, in order", () => {
  const grid = search({
    method: "grid",
    space: [{ key: "a", values: ["x", "y"] }, { key: "b", min: 1, max: 3, step: 1, log: false }],
  });
  const points = searched(grid, () => 0).map(({ values }) => values.map(({ value }) => value).join(""));
  deepEqual(points, ["x1", "x2", "x3", "y1", "y2", "y3"]);
});

Deno.test("no combination is tried twice, and all are before the search ends", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("random" as const, "bayesian" as const),
      fc.uniqueArray(choice, { minLength: 1, maxLength: 3, selector: ({ key }) => key }),
      fc.integer(),
      (method, space, seed) => {
        const trials = searched(search({ method, space, seed, max_trials: 300 }), ([a = ""]) => a.length);
        equal(trials.length, sizeOfSpace(space));
        equal(new Set(trials.map(({ values }) => JSON.stringify(values))).size, trials.length);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("the same seed and the same outcomes give the same values, another seed others", () => {
  const space = [{ key: "a", min: 0, max: 1, log: false }];
  const points = (seed: number) =>
    searched(search({ method: "bayesian", space, seed, max_trials: 30 }), ([a = ""]) => Number(a)).map(({ values }) =>
      values[0]?.value
    );
  deepEqual(points(1), points(1));
  ok(points(1)[0] !== points(2)[0]);
});

const unit = (name: string): Dimension => ({ key: name, min: 0, max: 1, log: false });
const landscapes: Record<string, { space: Dimension[]; goal: Goal; measure: (values: readonly string[]) => number }> = {
  bowl: {
    space: [unit("a"), unit("b"), unit("c")],
    goal: "minimize",
    measure: (values) => values.reduce((sum, value, index) => sum + (Number(value) - 0.2 - 0.3 * index) ** 2, 0),
  },
  "rate and kind": {
    space: [{ key: "lr", min: 1e-6, max: 1, log: true }, { key: "kind", values: ["a", "b", "c", "d"] }],
    goal: "maximize",
    measure: ([lr, kind]) => -Math.abs(Math.log10(Number(lr)) + 3.3) - (kind === "c" ? 0 : 1),
  },
  valley: {
    space: [{ key: "x", min: -5, max: 10, log: false }, { key: "y", min: 0, max: 15, log: false }],
    goal: "minimize",
    // Branin's function.
    measure: ([x, y]) => {
      const [a, b] = [Number(x), Number(y)];
      return (b - 5.1 * a * a / (4 * Math.PI ** 2) + 5 * a / Math.PI - 6) ** 2 +
        10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
    },
  },
};

for (const [name, { space, goal, measure }] of Object.entries(landscapes)) {
  Deno.test(`Bayesian search comes closer than random search: ${name}`, () => {
    const found = (method: "random" | "bayesian") =>
      Array.from(
        { length: 20 },
        (_, seed) =>
          bestTrial(goal, searched(search({ method, space, goal, seed, max_trials: 60 }), measure))?.value ?? NaN,
      )
        .toSorted((a, b) => goal === "minimize" ? a - b : b - a)[10]!;
    const [bayesian, random] = [found("bayesian"), found("random")];
    ok(goal === "minimize" ? bayesian < random : bayesian > random, `${bayesian} against ${random}`);
  });
}

Deno.test("a trial whose metric is no number is worse than all, and one that failed is not learnt from", () => {
  const trials = [trial(1, ["1"], { value: NaN }), trial(2, ["2"], { value: 3 }), trial(3, ["3"], { state: "failed" })];
  equal(bestTrial("minimize", trials)?.number, 2);
  equal(bestTrial("maximize", trials)?.number, 2);
  equal(bestTrial("maximize", trials.slice(0, 1)), undefined);
});

const curve = (number: number, ...values: number[]) => ({ number, steps: values.map((_, step) => step), values });
const rule = { min_step: 2, min_trials: 2 };

Deno.test("a trial stops early when its best is worse than the median of the others by the same step", () => {
  const others = [curve(1, 5, 4, 3, 2), curve(2, 6, 5, 4, 3), curve(3, 5, 5, 5, 5)];
  match(
    whyStop("minimize", rule, curve(4, 9, 8, 7), others) ?? "",
    /by step 2 its best value was 7, worse than the median 4 of 3/,
  );
  equal(whyStop("minimize", rule, curve(4, 9, 3.5, 7), others), undefined);
  equal(whyStop("maximize", rule, curve(4, 9, 8, 7), others), undefined);
  // Before the first step that counts, and with too few to compare with.
  equal(whyStop("minimize", rule, curve(4, 9, 8), others), undefined);
  equal(whyStop("minimize", rule, curve(4, 9, 8, 7), others.slice(0, 1)), undefined);
  equal(whyStop("minimize", rule, curve(4, 9, 8, 7, 6, 5), others), undefined);
  match(whyStop("minimize", rule, curve(4, NaN, NaN, NaN), others) ?? "", /best value was NaN/);
});

const sweep = (fields: Partial<Sweep>): Sweep => ({
  ...search({}),
  sweep_id: "s",
  asked: {
    ...{ uri: "/p", entry_point: "main", parameters: [], backend: "local", backend_config: {}, docker_args: [] },
    ...{ build_image: false, run_name: "", tags: [], labels: [], submitted_by: "", priority: 0, max_attempts: 1 },
  },
  run_id: "r",
  run_name: "sweep",
  experiment_id: "0",
  state: "running",
  begun: 0,
  created_time: 0,
  ...fields,
});

Deno.test("a sweep keeps as many trials under way as it may, and ends after the last", () => {
  const space = [{ key: "a", min: 1, max: 9, step: 1, log: false }];
  const asked = sweep({ method: "grid", space, parallel: 2, max_trials: 3 });
  deepEqual(planOf(asked, []).begin.map(({ number, values }) => [number, values[0]?.value]), [[1, "1"], [2, "2"]]);
  const two = [trial(1, ["1"], { value: 1 }), trial(2, ["2"], { state: "running" })];
  deepEqual(planOf({ ...asked, begun: 2 }, two), { begin: [{ number: 3, values: [{ key: "a", value: "3" }] }] });
  deepEqual(planOf({ ...asked, begun: 3 }, two), { begin: [] });
  const all = [...two.slice(0, 1), trial(2, ["2"]), trial(3, ["3"])];
  deepEqual(planOf({ ...asked, begun: 3 }, all), { begin: [], end: { state: "finished" } });
});

Deno.test("trials that are begun together differ", () => {
  const asked = sweep({ method: "bayesian", parallel: 4, space: [unit("a")] });
  const learnt = Array.from({ length: 20 }, (_, index) => trial(index + 1, [String(index / 20)], { value: index }));
  const { begin } = planOf({ ...asked, begun: 20 }, learnt);
  equal(new Set(begin.map(({ values }) => values[0]?.value)).size, 4);
});

Deno.test("a sweep ends when all combinations were tried, and when its first trials all fail", () => {
  const tried = [trial(1, ["1"], { value: 1 }), trial(2, ["2"], { value: 2 })];
  deepEqual(planOf(sweep({ begun: 2 }), tried).end, { state: "finished", reason: "All 2 combinations were tried." });
  const failed = [1, 2, 3].map((number) =>
    trial(number, [String(number)], { state: "failed", reason: "No such file." })
  );
  const asked = sweep({ begun: 3, space: [unit("a")] });
  deepEqual(planOf(asked, failed).end, {
    state: "failed",
    reason: "The first 3 trials failed; trial 3: No such file.",
  });
  deepEqual(planOf(asked, [...failed, trial(4, ["4"], { state: "running" })]), { begin: [] });
  equal(planOf(asked, [...failed, trial(4, ["4"])]).begin.length, 1);
  match(planOf(sweep({ begun: 100 }), [trial(1, ["1"])]).end?.reason ?? "", /No trial logged the metric 'loss'/);
});

Deno.test("numbers drawn for neighbouring seeds have nothing to do with each other", () => {
  const first = Array.from({ length: 2000 }, (_, seed) => randomNumbers(3, seed)());
  ok(Math.abs(first.reduce((sum, one) => sum + one, 0) / first.length - 0.5) < 0.03);
  const rising = first.filter((one, index) => one > (first[index - 1] ?? 1)).length;
  ok(rising > 850 && rising < 1150, String(rising));
});
