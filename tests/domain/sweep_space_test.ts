import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { checkSpace, type Dimension, isChoice, placeOn, sizeOf, valueAt, valueOn } from "../../domain/sweeps/space.ts";
import { printSpace, readDimension, readSpace } from "../../domain/sweeps/space_text.ts";

const key = fc.stringMatching(/^[a-z][\w. -]{0,8}[a-z]$/);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
const choice = fc.record({
  key,
  values: fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 6 }),
});
const range = fc.record({
  key,
  ends: fc.tuple(finite, finite),
  steps: fc.option(fc.integer({ min: 1, max: 50 })),
  log: fc.boolean(),
})
  .map(({ key, ends, steps, log }) => {
    const [min = 0, max = 0] = log
      ? ends.map((end) => Math.abs(end) + 1e-6).sort((a, b) => a - b)
      : ends.sort((a, b) => a - b);
    return { key, min, max, log, ...(steps !== null && max - min > 1e-300 && { step: (max - min) / steps }) };
  });
const dimension: fc.Arbitrary<Dimension> = fc.oneof(choice, range);

Deno.test("what is searched can be written and read again", () => {
  fc.assert(
    fc.property(fc.uniqueArray(dimension, { minLength: 1, maxLength: 5, selector: ({ key }) => key }), (space) => {
      deepEqual(readSpace(printSpace(space), "space"), space);
    }),
  );
});

Deno.test("lines of what is searched are read as people write them", () => {
  deepEqual(
    readSpace('lr = 1e-4 to .1 LOG\n\n epochs=1 to 10 step 3\nact = relu, tanh, "a, b" \nname = up to 3', "space"),
    [
      { key: "lr", min: 1e-4, max: 0.1, log: true },
      { key: "epochs", min: 1, max: 10, step: 3, log: false },
      { key: "act", values: ["relu", "tanh", "a, b"] },
      { key: "name", values: ["up to 3"] },
    ],
  );
  for (
    const line of [
      "lr",
      "= 1",
      "lr =",
      "lr = 1,,2",
      "lr = 1,",
      'lr = "a" b',
      'lr = "\\x"',
      "lr = 1 to",
      "lr = 1 to x, y",
    ]
  ) {
    throws(() => readSpace(line, "space"), { code: "INVALID_PARAMETER_VALUE", message: /'space' supplied: expected/ });
  }
});

Deno.test("a space in which nothing can be searched is refused with the name of the parameter", () => {
  const wrong: [Dimension, RegExp][] = [
    [{ key: "a", values: [] }, /'a' has no values/],
    [{ key: "a", values: ["1", "1"] }, /'a' has a value twice/],
    [{ key: "a", min: 2, max: 1, log: false }, /'a' goes from 2 to 1/],
    [{ key: "a", min: 0, max: 1, log: true }, /'a' is on a log scale/],
    [{ key: "a", min: 0, max: 1, step: 0, log: false }, /'a' needs a step above 0/],
    [{ key: "a", min: 0, max: 1, step: NaN, log: false }, /'a' needs a step above 0/],
    [{ key: "a", min: 0, max: 1, step: 1e-9, log: false }, /'a' may have 10000 values/],
    [{ key: "a", min: NaN, max: 1, log: false }, /'a' needs two finite numbers/],
    [{ key: "a", min: -1.7e308, max: 1.7e308, log: false }, /'a' has a range that is too wide/],
  ];
  for (const [dimension, message] of wrong) {
    throws(() => checkSpace([dimension], "space"), { code: "INVALID_PARAMETER_VALUE", message });
  }
  throws(() => checkSpace([], "space"), /names no parameter/);
  throws(() => checkSpace([{ key: "a", values: ["1"] }, { key: "a", values: ["2"] }], "space"), /'a' is there twice/);
});

Deno.test("every value lies in its range, and at its place", () => {
  fc.assert(
    fc.property(dimension, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (dimension, place) => {
      const value = valueOn(dimension, place);
      if (isChoice(dimension)) return ok(dimension.values.includes(value));
      const { min, max, step } = dimension;
      ok(Number(value) >= min && Number(value) <= max, `${value} of ${min} to ${max}`);
      if (step === undefined && max > min) ok(Math.abs(placeOn(dimension, value) - place) < 2e-3);
    }),
  );
  equal(valueOn({ key: "a", min: 0.0001, max: 0.1, log: true }, 1 / 3), "0.001");
  deepEqual([0, 1, 2, 3].map((index) => valueAt({ key: "a", min: 0, max: 0.3, step: 0.1, log: false }, index)), [
    ...["0", "0.1", "0.2", "0.3"],
  ]);
  equal(sizeOf({ key: "a", min: 0, max: 0.3, step: 0.1, log: false }), 4);
  equal(sizeOf({ key: "a", min: 1, max: 10, step: 4, log: false }), 3);
});

Deno.test("a value that looks like a range keeps its quotes", () => {
  deepEqual(readDimension("a", '"1 to 2"', "space"), { key: "a", values: ["1 to 2"] });
  equal(printSpace([{ key: "a", values: ["1 to 2"] }]), 'a = "1 to 2"');
});
