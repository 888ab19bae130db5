// deno-lint-ignore-file no-console -- it prints
/**
 * `deno run -A bench/curves.ts [points]`: ten curves of a million points each, asked for as a chart asks: the first picture, a zoom
 * to a tenth, a zoom to single points, and mean ± std of the ten. Beside each the time that Postgres takes only to count the bytes of
 * the same chunks, so that a busy machine is told apart from slow code. Wanted: under 300 ms on a quiet machine.
 */
import { compact } from "../db/compaction.ts";
import { metricKeys } from "../db/metric_keys.ts";
import { openDatabase, type Pool } from "../db/sql.ts";
import { encode } from "../domain/series.ts";
import { median } from "./http.ts";
import { startDatabase, startWeir } from "./servers.ts";

const points = Number(Deno.args[0] ?? 1_000_000);
const curves = 10;
const rounds = 7;
/** Pixels. */
const width = 600;
const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(0);

const database = await startDatabase();
const weir = await startWeir(database);
const sql = openDatabase(weir.database, { pool: 2, prepare: true });
try {
  const run_ids = await Promise.all(Array.from({ length: curves }, (_, i) => createRun(i)));
  const start = performance.now();
  for (const [i, run_id] of run_ids.entries()) await fill(sql, run_id, i);
  await sql`update weir.runs set status = 'FINISHED'`;
  while (await compact(sql) > 0);
  await sql`vacuum analyze weir.metric_chunks`;
  console.log(`${curves} curves of ${points.toLocaleString("en")} points, stored in ${seconds(start)} s`);
  const middle = Math.round(points / 2);
  await measure("first picture", run_ids, {});
  await measure("zoom to a tenth", run_ids, { from: middle, to: middle + points / 10 });
  await measure("zoom to 500 points", run_ids, { from: middle, to: middle + 499 });
  await measure("mean ± std of all", run_ids, { group: "attributes.status" });
} finally {
  await sql.end();
  await weir.stop();
  await database.stop();
}

async function createRun(i: number): Promise<string> {
  const answer = await fetch(`${weir.address}/api/2.0/mlflow/runs/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ experiment_id: "0", run_name: `run-${i}`, start_time: 1_700_000_000_000 }),
  });
  return (await answer.json()).run.info.run_id;
}

/** As the server stores what is logged, before it compacts it: a falling curve with noise and now and then a spike. */
async function fill(sql: Pool, run_id: string, seed: number): Promise<void> {
  const key = (await metricKeys(sql, ["loss"])).get("loss") ?? 0;
  const atOnce = 4096;
  for (let from = 0; from < points; from += atOnce) {
    const steps = Float64Array.from({ length: Math.min(atOnce, points - from) }, (_, i) => from + i);
    const values = steps.map((step) =>
      1 / (1 + step / 5e4) + 0.1 * Math.sin(step * (seed + 7)) + (step % 99_991 === 0 ? 5 : 0)
    );
    const body = encode({ steps, timestamps: steps.map((step) => 1_700_000_000_000 + step * 50), values });
    await sql`
      insert into weir.metric_batches (run, keys, bodies)
      select run, ${[key]}::int[], array[decode(${body.toHex()}, 'hex')] from weir.runs where run_id = ${run_id}`;
  }
}

async function measure(name: string, runs: readonly string[], more: Record<string, string | number>): Promise<void> {
  const url = new URL("/api/weir/1/metrics/series", weir.address);
  for (const run of runs) url.searchParams.append("runs", run);
  for (const [field, value] of Object.entries({ key: "loss", width, ...more })) {
    url.searchParams.set(field, String(value));
  }
  const times: number[] = [];
  const counts: number[] = [];
  let shown = 0;
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const text = await (await fetch(url)).text();
    times.push(performance.now() - start);
    bytes = text.length;
    const { series = [], bands = [] } = JSON.parse(text);
    shown = [...series, ...bands].reduce((sum: number, curve: { points: unknown[] }) => sum + curve.points.length, 0);
    counts.push(await countChunks(Number(more.from ?? 0), Number(more.to ?? points)));
  }
  console.log(
    `${name}: ${median(times).toFixed(0)} ms (least ${Math.min(...times).toFixed(0)}), ` +
      `${shown.toLocaleString("en")} points in ${(bytes / 1000).toFixed(0)} kB; ` +
      `Postgres counts the same chunks in ${median(counts).toFixed(0)} ms`,
  );
}

async function countChunks(from: number, to: number): Promise<number> {
  const whole = (to - from) / width > 128;
  const start = performance.now();
  await sql`
    select sum(length(encode(${whole ? sql`summary` : sql`body`}, 'hex'))) from weir.metric_chunks
    where last_step >= ${from}::float8 and first_step <= ${to}::float8`;
  return performance.now() - start;
}
