import assert from "node:assert/strict";
import fc from "fast-check";
import type { Run } from "../../domain/entities.ts";
import { nestRuns, parentOf } from "../../domain/nested_runs.ts";

function run(run_id: string, parent?: string): Run {
  const tags = parent === undefined ? [] : [{ key: "mlflow.parentRunId", value: parent }];
  const info = {
    run_id,
    run_uuid: run_id,
    run_name: run_id,
    experiment_id: "1",
    user_id: "",
    status: "FINISHED" as const,
  };
  return { info: { ...info, start_time: 0, artifact_uri: "", lifecycle_stage: "active" }, data: { tags }, inputs: {} };
}

/** Any runs at all: chains, stars, parents elsewhere, runs that are their own parents or each other's. */
const anyRuns = fc.array(fc.tuple(fc.nat(30), fc.option(fc.nat(30), { nil: undefined })), { maxLength: 30 }).map(
  (pairs) => {
    const unique = new Map(pairs.map(([id, parent]) => [`r${id}`, parent === undefined ? undefined : `r${parent}`]));
    return [...unique].map(([id, parent]) => run(id, parent));
  },
);

const lines = (runs: Run[], closed?: Set<string>): string[] =>
  nestRuns(runs, closed).map(({ run, depth }) => `${"  ".repeat(depth)}${run.info.run_id}`);

Deno.test("children stand below their parents at any depth, siblings in the order given", () => {
  const runs = [run("c", "b"), run("a"), run("e", "a"), run("b", "a"), run("d", "b")];
  assert.deepEqual(lines(runs), ["a", "  e", "  b", "    c", "    d"]);
});

Deno.test("a child whose parent is on another page stands at the edge", () => {
  assert.deepEqual(lines([run("a", "elsewhere"), run("b")]), ["a", "b"]);
});

Deno.test("what lies below a closed run is left out, and the run says how many", () => {
  const runs = [run("a"), run("b", "a"), run("c", "b"), run("d")];
  assert.deepEqual(lines(runs, new Set(["a"])), ["a", "d"]);
  assert.deepEqual(nestRuns(runs, new Set(["a"]))[0], { run: runs[0], depth: 0, children: 1, open: false });
});

Deno.test("every run comes out once, also where runs are each other's parents", () => {
  fc.assert(fc.property(anyRuns, (runs) => {
    const ids = nestRuns(runs).map(({ run }) => run.info.run_id);
    assert.deepEqual(ids.toSorted(), runs.map(({ info }) => info.run_id).toSorted());
  }));
});

Deno.test("a run is at most one step deeper than the run before it, and a nested run follows its parent", () => {
  fc.assert(fc.property(anyRuns, (runs) => {
    const rows = nestRuns(runs);
    rows.forEach(({ run, depth }, i) => {
      assert.ok(depth <= (rows[i - 1]?.depth ?? -1) + 1);
      const above = rows.slice(0, i).findLast((row) => row.depth === depth - 1);
      if (depth > 0) assert.equal(above?.run.info.run_id, parentOf(run));
    });
  }));
});

Deno.test("no runs but those below closed ones are left out", () => {
  fc.assert(fc.property(anyRuns, fc.array(fc.nat(30).map((id) => `r${id}`)), (runs, closed) => {
    const shown = nestRuns(runs, new Set(closed)).map(({ run }) => run.info.run_id);
    const all = nestRuns(runs).map(({ run }) => run.info.run_id);
    assert.deepEqual(shown, all.filter((id) => shown.includes(id)));
    if (closed.length === 0) assert.deepEqual(shown, all);
  }));
});
