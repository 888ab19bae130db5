import assert from "node:assert/strict";
import fc from "fast-check";
import { boxOf, groupsOf, quantile } from "../../domain/plots/box.ts";
import { type CategoryColumn, holesOf, type NumberColumn, numberOf, plotColumn } from "../../domain/plots/columns.ts";
import { isoline, surfaceOf } from "../../domain/plots/contour.ts";
import { correlationOf, ranksOf } from "../../domain/plots/correlation.ts";
import { fieldName, fieldOf } from "../../domain/plots/fields.ts";
import { importanceOf } from "../../domain/plots/importance.ts";
import { brushedRuns, parallelAxis } from "../../domain/plots/parallel.ts";
import { asksForLog, placeOn, scaleOf } from "../../domain/plots/scales.ts";
import { shadeCount, shadeOf, shadesOf } from "../../domain/plots/shades.ts";
import { run } from "../plotted_runs.ts";

const numbers = (cells: (number | undefined)[], label = "lr"): NumberColumn => ({
  field: { kind: "params", key: label },
  name: `params.${label}`,
  label,
  kind: "number",
  unit: "plain",
  direction: "unknown",
  cells,
  texts: cells.map((cell) => cell?.toString()),
  words: 0,
});
const words = (cells: (string | undefined)[], label = "model"): CategoryColumn => ({
  field: { kind: "params", key: label },
  name: `params.${label}`,
  label,
  kind: "category",
  cells,
  values: [...new Set(cells.filter((cell) => cell !== undefined))].sort(),
});

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 });
const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, Infinity, 1e308, 0));
const cells = fc.array(fc.option(anyNumber, { nil: undefined }), { maxLength: 40 });

Deno.test("a field is found again under its name, whatever its key", () => {
  const key = fc.string({ minLength: 1 });
  fc.assert(fc.property(fc.constantFrom("metrics", "min", "max", "params", "tags"), key, (kind, key) => {
    assert.deepEqual(fieldOf(fieldName({ kind, key })), { kind, key });
  }));
  assert.deepEqual(["", "params.", "lr", "attributes.secret", "attributes.duration"].map(fieldOf), [
    undefined,
    undefined,
    undefined,
    undefined,
    { kind: "attributes", key: "duration" },
  ]);
});

Deno.test("params are numbers as Python writes them, and a few words among many numbers do not make them categories", () => {
  assert.deepEqual(["1e-4", "-.5", "1_000", " 7 ", "nan", "-inf", "None", "0x10", ""].map(numberOf), [
    1e-4,
    -0.5,
    1000,
    7,
    NaN,
    -Infinity,
    undefined,
    undefined,
    undefined,
  ]);
  const column = (values: (string | undefined)[]) =>
    plotColumn(values.map((value, i) => run(`r${i}`, {}, value === undefined ? {} : { p: value })), {
      kind: "params",
      key: "p",
    }, { now: 0 });
  assert.equal(column(["5", "10", "None"]).kind, "category");
  assert.equal(column(["nan", "nan"]).kind, "category");
  const many = column([...Array.from({ length: 20 }, (_, i) => String(i)), "auto", "inf", undefined]);
  assert.equal(many.kind, "number");
  assert.deepEqual(holesOf(many), [
    "1 of 23 runs has no p",
    "1 of 23 runs has a NaN or infinite p",
    "1 of 23 have a word instead of a number as p",
  ]);
});

Deno.test("every drawable number has its place on the scale, in order, and nothing else has one", () => {
  fc.assert(
    fc.property(
      cells,
      fc.boolean(),
      fc.boolean(),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      (cells, turned, log, pad) => {
        const column = numbers(cells);
        const scale = scaleOf(column, { turned, log, pad });
        const placed = cells.map((cell) => placeOn(scale, cell));
        cells.forEach((cell, i) => {
          const place = placed[i];
          if (cell === undefined || !(Math.abs(cell) < 1e300)) return assert.equal(place, undefined);
          assert.ok(place !== undefined && place >= -1e-9 && place <= 1 + 1e-9, `${cell} at ${place}`);
          cells.forEach((other, j) => {
            if (other === undefined || placed[j] === undefined || other < cell) return;
            assert.ok(turned ? (placed[j] ?? 0) <= place + 1e-9 : (placed[j] ?? 0) >= place - 1e-9);
          });
        });
        for (const { place } of scale.ticks) assert.ok(place > -1e-6 && place < 1 + 1e-6);
      },
    ),
  );
});

Deno.test("learning rates and powers of two ask for a log axis, losses and shares do not", () => {
  assert.ok(asksForLog([1e-4, 3e-4, 1e-3, 3e-3]));
  assert.ok(asksForLog([16, 32, 64, 128, 256]));
  assert.ok(!asksForLog([0.29, 0.31, 0.4]));
  assert.ok(!asksForLog([0, 0.1, 0.5]));
  assert.ok(!asksForLog([1, 25, 50, 75, 100]));
  assert.ok(!asksForLog([]));
});

Deno.test("a box holds the middle half, its whiskers reach to the farthest near value, and all others are outliers", () => {
  assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75); // as NumPy
  assert.deepEqual(boxOf([1, 2, 3, 4, 100])?.outliers, [4]);
  fc.assert(fc.property(fc.array(finite, { minLength: 1, maxLength: 30 }), (values) => {
    const box = boxOf(values);
    assert.ok(box);
    const { from, lower, median, upper, to, outliers } = box;
    assert.ok(from <= lower && lower <= median && median <= upper && upper <= to, JSON.stringify(box));
    const reach = 1.5 * (upper - lower);
    values.forEach((value, i) => assert.equal(outliers.includes(i), value < lower - reach || value > upper + reach));
  }));
});

Deno.test("every run with a value stands in one group, those without a param in the last", () => {
  const groups = groupsOf(words(["b", "a", undefined, "b"]), numbers([1, 2, 3, NaN]));
  assert.deepEqual(groups.map(({ text, runs }) => [text, runs]), [["a", [1]], ["b", [0]], [undefined, [2]]]);
});

Deno.test("ranks share ties, correlation has its sign, and a param that is the same everywhere has none", () => {
  assert.deepEqual(ranksOf([10, 5, 10, 1]), [3.5, 2, 3.5, 1]);
  const metric = numbers([1, 2, 3, 4], "loss");
  assert.equal(correlationOf(numbers([1e-4, 1e-3, 1e-2, 5]), metric)?.value, 1);
  assert.equal(correlationOf(numbers([4, 3, 2, 1]), metric)?.value, -1);
  assert.equal(correlationOf(numbers([1, 1, 1, 1]), metric), undefined);
  assert.equal(correlationOf(words(["a", "b", "c", "d"]), metric), undefined);
  fc.assert(fc.property(cells, cells, (xs, ys) => {
    const found = correlationOf(numbers(xs), numbers(ys.slice(0, xs.length)));
    assert.ok(found === undefined || Math.abs(found.value) <= 1 + 1e-9);
  }));
});

/** A sweep of which only `lr` and `model` matter. */
function sweep(runs: number) {
  const at = (i: number, k: number): number => {
    const x = 1e4 * Math.sin(12.9898 * (i + 1) + 78.233 * (k + 1));
    return x - Math.floor(x);
  };
  const index = Array.from({ length: runs }, (_, i) => i);
  const lr = index.map((i) => 10 ** (-4 + 3 * at(i, 1)));
  const model = index.map((i) => at(i, 2) < 0.5 ? "vit" : "resnet");
  const loss = index.map((i) => Math.log10(lr[i] ?? 1) ** 2 + (model[i] === "vit" ? 4 : 0));
  const noise = Array.from({ length: 6 }, (_, k) => numbers(index.map((i) => at(i, k + 3)), `noise${k}`));
  return { params: [...noise, numbers(lr), words(model)], loss: numbers(loss, "loss"), index };
}

Deno.test("importance finds the params that lead to a metric, and says the same every time", () => {
  const { params, loss } = sweep(120);
  const found = importanceOf(params, loss);
  assert.equal(found.verdict, "told");
  assert.deepEqual(found.params.slice(0, 2).map(({ params: [first] }) => first?.label).sort(), ["lr", "model"]);
  assert.ok((found.params[0]?.share ?? 0) + (found.params[1]?.share ?? 0) > 0.85);
  assert.ok(found.explained > 0.5);
  assert.deepEqual(importanceOf(params, loss), found);
});

Deno.test("of very many params those that tell most are kept", () => {
  const { params, loss, index } = sweep(80);
  const [first] = params;
  assert.ok(first);
  const noise = Array.from(
    { length: 100 },
    (_, k) => numbers(index.map((i) => (i * 31 + k * 17) * 7919 % (101 + k)), `n${k}`),
  );
  const found = importanceOf([...noise, ...params], loss);
  assert.ok(found.left_out > 0);
  assert.ok(
    ["lr", "model"].every((label) => found.params.slice(0, 3).some(({ params: [one] }) => one?.label === label)),
  );
});

Deno.test("importance says nothing of few runs and of noise, and puts params together that cannot be told apart", () => {
  const { params, loss } = sweep(120);
  const few = (column: NumberColumn) => ({ ...column, cells: column.cells.slice(0, 9) });
  assert.equal(importanceOf(params.slice(0, 3), few(loss)).verdict, "too few runs");
  assert.equal(
    importanceOf(params.slice(0, 6), { ...loss, cells: loss.cells.toReversed().map((_, i) => i * 7919 % 13) }).verdict,
    "unexplained",
  );
  const lr = params[6];
  assert.ok(lr?.kind === "number");
  const twin = { ...lr, label: "learning_rate", cells: lr.cells.map((cell) => cell === undefined ? cell : 2 * cell) };
  const together = importanceOf([...params, twin], loss).params.find(({ params }) => params.length > 1);
  assert.deepEqual(together?.params.map(({ label }) => label), ["lr", "learning_rate"]);
});

Deno.test("importance takes whatever was logged: holes, infinities, one run, hundreds of categories", () => {
  const texts = fc.array(fc.option(fc.string(), { nil: undefined }), { maxLength: 40 });
  fc.assert(
    fc.property(cells, texts, cells, (xs, names, ys) => {
      const rows = ys.length;
      const fit = <Value>(values: (Value | undefined)[]) => Array.from({ length: rows }, (_, i) => values[i]);
      const found = importanceOf([numbers(fit(xs)), words(fit(names))], numbers(ys, "loss"));
      for (const { share } of found.params) assert.ok(share === undefined || share >= 0 && share <= 1 + 1e-9);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a surface lies between the least and the greatest value, and its lines stay on it", () => {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const points = fc.array(fc.record({ x: place, y: place, value: fc.double({ min: -1e9, max: 1e9, noNaN: true }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(points, (points) => {
      const surface = surfaceOf(points, 12);
      if (surface === undefined) return;
      const values = points.map(({ value }) => value);
      const [least, greatest] = [Math.min(...values), Math.max(...values)];
      const slack = 1e-9 * (greatest - least) + 1e-9;
      for (const cell of surface.cells) {
        assert.ok(cell === undefined || cell >= least - slack && cell <= greatest + slack);
      }
      const level = (least + greatest) / 2;
      for (const segment of isoline(surface, level)) for (const at of segment) assert.ok(at >= 0 && at <= 1);
    }),
    { numRuns: 60 },
  );
  assert.equal(surfaceOf([1, 2, 3, 4, 5].map((i) => ({ x: 0.5, y: i / 10, value: i }))), undefined);
});

Deno.test("shades grow with what is better, and NaN has none", () => {
  const loss = { ...numbers([1, 2, 3, NaN]), direction: "lower" as const };
  const shades = shadesOf(loss);
  assert.ok(shades);
  assert.deepEqual(loss.cells.map((cell) => shadeOf(shades, cell)), [shadeCount - 1, 3, 0, undefined]);
  assert.equal(shadesOf(numbers([NaN, undefined])), undefined);
});

Deno.test("a bundle of one category stays within its share of the axis", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", undefined), { maxLength: 60 }), (cells) => {
    const column = words(cells);
    const axis = parallelAxis(column, scaleOf(column), (i) => -i);
    axis.places.forEach((place, i) => {
      const middle = placeOn(axis.scale, cells[i]);
      if (middle === undefined) return assert.equal(place, undefined);
      assert.ok(Math.abs((place ?? NaN) - middle) <= 0.25 / column.values.length + 1e-9);
    });
  }));
});

Deno.test("a brush keeps the runs between its ends, ends included, whichever way the axis is turned", () => {
  const lr = numbers([1e-4, 1e-3, undefined, 1e-2]);
  const model = words(["a", "b", "b", "c"]);
  const axes = (turned: boolean) =>
    [lr, model].map((column) => parallelAxis(column, scaleOf(column, { turned }), (i) => i));
  for (const turned of [false, true]) {
    const kept = (brushes: [string, string, string][]) =>
      brushedRuns(axes(turned), brushes.map(([axis, from, to]) => ({ axis, from, to })));
    assert.deepEqual(kept([["params.lr", "1e-3", "1e-2"]]), [false, true, false, true]);
    assert.deepEqual(kept([["params.lr", "", "1e-3"]]), [true, true, false, false]);
    assert.deepEqual(kept([["params.lr", "1e-3", ""]]), [false, true, false, true]);
    assert.deepEqual(kept([["params.model", "b", "c"]]), [false, true, true, true]);
    assert.deepEqual(kept([["params.model", "b", "b"], ["params.lr", "1e-4", "1"]]), [false, true, false, false]);
    assert.equal(kept([["params.lr", "x", "y"], ["params.gone", "1", "2"]]), undefined);
  }
});
