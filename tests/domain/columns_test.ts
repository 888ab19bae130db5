import assert from "node:assert/strict";
import fc from "fast-check";
import {
  columnKinds,
  columnName,
  columnOf,
  movedColumn,
  orderAfterClick,
  orderOf,
  orderText,
} from "../../domain/columns.ts";

const column = fc.record(
  { kind: fc.constantFrom(...columnKinds), key: fc.string({ minLength: 1, maxLength: 20 }) },
  { noNullPrototype: true },
);

Deno.test("a column is found again by its name, whatever its key", () => {
  fc.assert(fc.property(column, (column) => assert.deepEqual(columnOf(columnName(column)), column)));
});

Deno.test("a text that names no column is none", () => {
  for (const text of ["", "metrics.", "loss", "metric.loss", ".loss"]) assert.equal(columnOf(text), undefined, text);
});

Deno.test("an order is found again in its text, unless its key has both kinds of quotes", () => {
  const keys = fc.stringMatching(/^[^`\n]{1,20}$|^[^"\n]{1,20}$/);
  fc.assert(fc.property(fc.constantFrom(...columnKinds), keys, fc.boolean(), (kind, key, descending) => {
    const order = { column: { kind, key }, descending };
    assert.deepEqual(orderOf(orderText(order)), order);
  }));
});

Deno.test("orders are read as clients write them", () => {
  assert.deepEqual(orderOf("start_time DESC"), { column: { kind: "attributes", key: "start_time" }, descending: true });
  assert.deepEqual(orderOf("metric.acc"), { column: { kind: "metrics", key: "acc" }, descending: false });
  assert.deepEqual(orderOf('params."x-y" desc'), { column: { kind: "params", key: "x-y" }, descending: true });
  assert.equal(orderOf("bogus.x ASC"), undefined);
});

Deno.test("three clicks on a column lead through both directions back to the usual order", () => {
  fc.assert(fc.property(column, fc.boolean(), (column, first) => {
    const one = orderAfterClick(column, undefined, first);
    const two = orderAfterClick(column, one, first);
    assert.deepEqual([one?.descending, two?.descending], [first, !first]);
    assert.equal(orderAfterClick(column, two, first), undefined);
  }));
});

Deno.test("a column moves among those of its kind alone", () => {
  const columns = ["metrics.a", "params.x", "metrics.b", "params.y"];
  assert.deepEqual(movedColumn(columns, "metrics.b up"), ["metrics.b", "params.x", "metrics.a", "params.y"]);
  assert.deepEqual(movedColumn(columns, "params.x down"), ["metrics.a", "params.y", "metrics.b", "params.x"]);
  for (const move of ["metrics.a up", "params.y down", "metrics.c up", "nonsense", "", "metrics.a sideways"]) {
    assert.deepEqual(movedColumn(columns, move), columns, move);
  }
});
