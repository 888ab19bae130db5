import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { compact } from "../../db/compaction.ts";
import { curveMetrics, metricCurves } from "../../db/curves.ts";
import { metricExtremes } from "../../db/metric_extremes.ts";
import { migrate } from "../../db/migrate.ts";
import { rankLatest } from "../../db/ranking.ts";
import { openDatabase, transaction } from "../../db/sql.ts";
import { encodePoints } from "../../domain/series.ts";
import { createDatabase } from "../database.ts";
import { point, startWeir, type Weir } from "../weir.ts";

const history = async (weir: Weir, run_id: string, metric_key: string): Promise<[number, number][]> => {
  const { metrics = [] } = await weir.ok("GET", `metrics/get-history?run_id=${run_id}&metric_key=${metric_key}`);
  return metrics.map(({ step, value }: { step: number; value: number }) => [step, value]);
};

Deno.test("every point is there once, whenever batches are compacted and however they overlap", async () => {
  await using weir = await startWeir();
  const keys = ["a", "b", "c"];
  const step = fc.integer({ min: 0, max: 6000 });
  const batch = fc.record({
    keys: fc.subarray(keys, { minLength: 1 }),
    from: step,
    count: fc.integer({ min: 1, max: 3000 }),
  });
  const action = fc.oneof({ weight: 4, arbitrary: batch }, { weight: 1, arbitrary: fc.constant("compact" as const) });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
      const run_id = await weir.startRun();
      // A finished run is compacted at once, and still takes points.
      await weir.ok("POST", "runs/update", { run_id, status: "FINISHED" });
      const expected = new Map(keys.map((key) => [key, new Set<number>()]));
      for (const action of actions) {
        if (action === "compact") {
          equal(await compact(weir.services.sql) <= 1, true);
          continue;
        }
        const steps = Array.from({ length: action.count }, (_, i) => action.from + i);
        const metrics = action.keys.flatMap((key) =>
          steps.map((step) => point(key, step / 2, { step, timestamp: step }))
        );
        await weir.services.metrics.record({ run_id, metrics });
        for (const key of action.keys) for (const step of steps) expected.get(key)?.add(step);
      }
      for (const last of [false, true]) {
        if (last) await compact(weir.services.sql);
        for (const [key, steps] of expected) {
          const sorted = [...steps].sort((a, b) => a - b);
          deepEqual(await history(weir, run_id, key), sorted.map((step) => [step, step / 2]));
        }
      }
      const overlaps = await weir.services.sql`
        select from weir.metric_chunks a join weir.metric_chunks b using (run, key)
        where a.seq < b.seq and a.last_step >= b.first_step and a.first_step <= b.last_step`;
      equal(overlaps.length, 0);
    }),
    { numRuns: 15 },
  );
});

Deno.test("a short chunk that is taken up again does not come to lie around others", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.ok("POST", "runs/update", { run_id, status: "FINISHED" });
  const log = async (from: number, count: number) => {
    const metrics = Array.from({ length: count }, (_, i) => point("m", 1, { step: from + i }));
    await weir.services.metrics.record({ run_id, metrics });
    await compact(weir.services.sql);
  };
  // A full chunk, a short one before it, and points behind both.
  await log(1000, 4096);
  await log(0, 10);
  await log(9000, 10);
  const chunks = await weir.services.sql<{ first_step: number; last_step: number }[]>`
    select first_step, last_step from weir.metric_chunks order by first_step`;
  equal(chunks.reduce((after, { first_step, last_step }) => first_step > after ? last_step : NaN, -1), 9009);
  equal((await history(weir, run_id, "m")).length, 4116);
});

Deno.test("a run that is logging is compacted by the dozen, and to the end when it ends", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (let step = 0; step < 70; step++) await weir.logMetrics(run_id, [point("m", step, { step })]);
  const counts = async () => {
    const [row] = await weir.services.sql<{ batches: number; chunks: number }[]>`
      select (select count(*)::int from weir.metric_batches) as batches, (select count(*)::int from weir.metric_chunks) as chunks`;
    return row;
  };
  equal(await compact(weir.services.sql), 1);
  deepEqual(await counts(), { batches: 6, chunks: 1 });
  equal(await compact(weir.services.sql), 0);
  await weir.ok("POST", "runs/update", { run_id, status: "FINISHED" });
  equal(await compact(weir.services.sql), 1);
  deepEqual(await counts(), { batches: 0, chunks: 1 });
  equal((await history(weir, run_id, "m")).length, 70);
});

Deno.test("the curves of a run are read without a look at what waits for compaction of all others", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.logMetrics(run_id, [point("loss", 2), point("loss", 1, { step: 1 })]);
  const { sql } = weir.services;
  await sql`
    insert into weir.metric_batches (run, keys, bodies)
    select 1000 + i, '{1}', array[repeat('x', 100)::bytea] from generate_series(1, 20000) i`;
  await sql`analyze weir.metric_batches`;
  const scanned = await transaction(sql, async (tx) => {
    const [curve] = await metricCurves(tx, [run_id], ["loss"], { axis: "step", width: 100 });
    deepEqual([curve?.total, await curveMetrics(tx, [run_id])], [2, ["loss"]]);
    equal((await metricExtremes(tx, [run_id], ["loss"])).get(run_id)?.get("loss")?.min, 1);
    const [row] = await tx<{ scanned: number }[]>`
      select seq_tup_read as scanned from pg_stat_xact_user_tables where relname = 'metric_batches'`;
    return row?.scanned;
  });
  equal(scanned, 0);
});

Deno.test("a search by a metric finds the same whether its values are ranked, not yet, or not any more", async () => {
  await using weir = await startWeir();
  const values = [3, 1, "NaN", 2, 5, 4];
  const runs: string[] = [];
  for (const value of values) {
    const run_id = await weir.startRun();
    runs.push(run_id);
    await weir.ok("POST", "runs/log-metric", { run_id, key: "loss", value, timestamp: 1 });
  }
  const found = async (query: object): Promise<unknown[]> => {
    const body = { experiment_ids: ["0"], order_by: ["metrics.loss DESC"], ...query };
    const answer = await weir.ok("POST", "runs/search", body);
    return (answer.runs ?? []).map((run: { data: { metrics: { value: unknown }[] } }) => run.data.metrics[0]?.value);
  };
  const check = async (all: unknown[]) => {
    deepEqual(await found({}), all);
    deepEqual(await found({ order_by: ["metrics.loss ASC"] }), [...all.slice(0, -1).reverse(), "NaN"]);
    deepEqual(await found({ filter: "metrics.loss > 2" }), all.filter((value) => Number(value) > 2));
    deepEqual(await found({ filter: "metrics.loss > 2", order_by: ["start_time ASC"] }).then((some) => some.length), 3);
    deepEqual(await found({ max_results: 2 }), all.slice(0, 2));
  };
  await check([5, 4, 3, 2, 1, "NaN"]);
  equal(await rankLatest(weir.services.sql), 6);
  equal(await rankLatest(weir.services.sql), 0);
  await check([5, 4, 3, 2, 1, "NaN"]);
  await weir.ok("POST", "runs/log-metric", { run_id: runs[1], key: "loss", value: 9, timestamp: 2, step: 1 });
  await weir.ok("POST", "runs/log-metric", { run_id: runs[4], key: "loss", value: 0, timestamp: 2, step: 1 });
  await check([9, 4, 3, 2, 0, "NaN"]);
  equal(await rankLatest(weir.services.sql), 2);
  await check([9, 4, 3, 2, 0, "NaN"]);
});

Deno.test("points and latest values of the first version come along", async () => {
  await using database = await createDatabase();
  const sql = openDatabase(database.url, { pool: 1, prepare: true });
  await sql`truncate weir.migrations`;
  await sql`drop schema weir cascade`;
  await sql`create schema weir`;
  await sql`create table weir.migrations (name text primary key, applied_at timestamptz not null default now())`;
  await sql`insert into weir.migrations (name) values ('001_tracking')`;
  await sql.unsafe(await Deno.readTextFile(new URL("../../db/migrations/001_tracking.sql", import.meta.url)));
  const body = encodePoints([point("m", 0.5, { step: 3, timestamp: 7 })]).toHex();
  await sql`insert into weir.experiments (experiment_id, name, artifact_location, creation_time, last_update_time)
    overriding system value values (0, 'Default', 'mlflow-artifacts:/0', 1, 1)`;
  await sql`insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, artifact_uri)
    values ('r', 0, 'first', 'ada', 'RUNNING', 1, 'mlflow-artifacts:/0/r/artifacts')`;
  await sql`insert into weir.metric_keys (name) values ('m')`;
  await sql`insert into weir.metric_chunks (run, key, count, first_step, last_step, first_time, last_time, body)
    values (1, 1, 1, 3, 3, 7, 7, decode(${body}, 'hex'))`;
  await sql`insert into weir.latest_metrics (run, key, experiment_id, value, step, timestamp) values (1, 1, 0, 0.5, 3, 7)`;
  equal((await migrate(sql))[0], "002_metric_batches");
  deepEqual([...await sql`select key, value, step, timestamp from weir.metric_points`], [
    point("m", 0.5, { step: 3, timestamp: 7 }),
  ]);
  equal(await rankLatest(sql), 1);
  await sql.end();
});
