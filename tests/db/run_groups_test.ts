import assert from "node:assert/strict";
import { type GroupedRuns, type Grouping, groupRuns } from "../../db/run_groups.ts";
import { searchRuns } from "../../db/run_search.ts";
import { columnOf } from "../../domain/columns.ts";
import { filterOfGroup, type GroupStat } from "../../domain/run_groups.ts";
import type { Run } from "../../domain/entities.ts";
import { startWeir } from "../weir.ts";
import { among } from "./generated_runs.ts";

const grouping = (name: string, more: Partial<Grouping> = {}): Grouping => ({
  column: columnOf(name)!,
  metrics: [],
  order: { by: "runs", descending: true },
  most: 500,
  ...more,
});

/** What a group's metric comes to, added up here. */
function statOf(runs: readonly Run[], key: string): GroupStat | undefined {
  const values = runs.flatMap(({ data }) => (data.metrics ?? []).filter((metric) => metric.key === key))
    .map(({ value }) => value);
  if (values.length === 0) return undefined;
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const summed = finite.every((value) => Math.abs(value) < 1e150);
  return {
    count: finite.length,
    odd: values.length - finite.length,
    mean: summed && finite.length > 0 ? mean : undefined,
    deviation: summed && finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : undefined,
    least: finite.length > 0 ? Math.min(...finite) : undefined,
    greatest: finite.length > 0 ? Math.max(...finite) : undefined,
  };
}

const near = (a: number | undefined, b: number | undefined): boolean =>
  a === b || a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

function assertStat(found: GroupStat | undefined, expected: GroupStat | undefined, where: string): void {
  const { mean, deviation, ...rest } = expected ?? {};
  const { mean: foundMean, deviation: foundDeviation, ...foundRest } = found ?? {};
  assert.deepEqual(foundRest, rest, where);
  assert.ok(
    near(foundMean, mean) && near(foundDeviation, deviation),
    `${where}: ${JSON.stringify({ found, expected })}`,
  );
}

Deno.test("groups hold the runs that their own filter finds, and their numbers are those of these runs", async () => {
  await among(150, async ({ sql, runs }) => {
    const keys = (pairs: (run: Run) => { key: string }[] | undefined) => [
      ...new Set(runs.flatMap((run) => (pairs(run) ?? []).map(({ key }) => key))),
    ];
    const metrics = [...keys(({ data }) => data.metrics).slice(0, 4), "never logged"];
    const columns = [
      ...keys(({ data }) => data.params).map((key) => `params.${key}`),
      ...keys(({ data }) => data.tags).slice(0, 3).map((key) => `tags.${key}`),
      ...["user_id", "status", "source", "commit", "dataset"].map((key) => `attributes.${key}`),
    ];
    for (const name of columns) {
      for (const filter of ["", "attributes.status != 'FAILED'"]) {
        const search = { experiment_ids: ["1"], filter };
        const found = await groupRuns(sql, search, grouping(name, { metrics }));
        assert.ok(found.groups.length > 0 && found.total === found.groups.length);
        for (const { value, runs, metrics: stats } of found.groups) {
          const own = filterOfGroup(filter, columnOf(name)!, value);
          const inside = (await searchRuns(sql, { ...search, filter: own })).runs;
          assert.equal(inside.length, runs, own);
          metrics.forEach((key, i) => assertStat(stats[i], statOf(inside, key), `${own}, ${key}`));
        }
        const matching = (await searchRuns(sql, search)).runs.length;
        assert.equal(found.runs, matching);
      }
    }
  });
});

const names = ({ groups }: GroupedRuns) => groups.map(({ value }) => value);

Deno.test("groups come by size, by name with numbers in their order, and by the mean of a metric; those left out are counted", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const experiment_id = await weir.createExperiment();
  const runs: [size: string | undefined, loss: number | undefined][] = [
    ["128", 1],
    ["16", 3],
    ["16", 5],
    ["1e999", 2],
    ["small", 0.5],
    ["", undefined],
    [undefined, 1e308],
    [undefined, 1e308],
    [undefined, 7],
  ];
  for (const [size, loss] of runs) {
    const run_id = await weir.startRun({ experiment_id });
    const params = size === undefined ? [] : [{ key: "size", value: size }];
    const metrics = loss === undefined ? [] : [{ key: "loss", value: loss, step: 0, timestamp: 0 }];
    await weir.ok("POST", "runs/log-batch", { run_id, params, metrics });
  }
  const by = (order: Grouping["order"], most = 500) =>
    groupRuns(sql, { experiment_ids: [experiment_id] }, grouping("params.size", { metrics: ["loss"], order, most }));
  assert.deepEqual(names(await by({ by: "runs", descending: true })).slice(0, 2), [undefined, "16"]);
  assert.deepEqual(names(await by({ by: "name", descending: false })), ["16", "128", "", "1e999", "small", undefined]);
  const loss = (descending: boolean) => by({ by: "metric", key: "loss", descending });
  assert.deepEqual(names(await loss(false)).slice(0, 4), ["small", "128", "1e999", "16"]);
  // Where the numbers are too great to be added up, their mean is that of the others in the order, and none on the page.
  const [greatest] = (await loss(true)).groups;
  assert.deepEqual([greatest?.value, greatest?.metrics[0]?.mean, greatest?.metrics[0]?.greatest], [
    undefined,
    undefined,
    1e308,
  ]);
  const first = await by({ by: "runs", descending: true }, 2);
  assert.deepEqual([first.groups.length, first.total, first.runs], [2, 6, 9]);
});
