import assert from "node:assert/strict";
import { compact } from "../../db/compaction.ts";
import { point, startWeir, type Weir } from "../weir.ts";

const series = "/api/weir/1/metrics/series";

const curve = (key: string, values: readonly number[], step = 1) =>
  values.map((value, i) => point(key, value, { step: i * step, timestamp: 1000 * i }));

async function runWith(weir: Weir, params: Record<string, string>, metrics: ReturnType<typeof curve>): Promise<string> {
  const run_id = await weir.startRun();
  const pairs = Object.entries(params).map(([key, value]) => ({ key, value }));
  await weir.ok("POST", "runs/log-batch", { run_id, params: pairs });
  for (let from = 0; from < metrics.length; from += 1000) {
    const some = metrics.slice(from, from + 1000);
    const sent = some.map((one) => ({ ...one, value: Number.isFinite(one.value) ? one.value : String(one.value) }));
    await weir.ok("POST", "runs/log-batch", { run_id, metrics: sent });
  }
  return run_id;
}

Deno.test("one request brings the curves of several metrics of several runs", async () => {
  await using weir = await startWeir();
  const [a, b] = [
    await runWith(weir, {}, [...curve("loss", [3, 2]), ...curve("acc", [0, 1])]),
    await runWith(weir, {}, curve("loss", [5, NaN])),
  ];
  const answer = await weir.ok("GET", `${series}?runs=${a}&runs=${b}&keys=loss&keys=acc&keys=gone`);
  assert.deepEqual(
    answer.series.map(({ run_id, key, total }: { run_id: string; key: string; total: number }) => [run_id, key, total]),
    [
      [a, "acc", 2],
      [a, "loss", 2],
      [b, "loss", 2],
    ],
  );
  assert.deepEqual(answer.series[2].points[1], [1, "NaN", 1, 1000]);
});

Deno.test("a metric runs along x, between its points where its line is, whichever was logged more often", async () => {
  await using weir = await startWeir();
  const run = await runWith(weir, {}, [...curve("loss", [4, 3, 2, 1, 0]), ...curve("epoch", [10, 20], 2)]);
  const { series: [found] } = await weir.ok("GET", `${series}?runs=${run}&key=loss&x=metric&by=epoch`);
  assert.deepEqual(found.points.map(([x, value]: number[]) => [x, value]), [[10, 4], [15, 3], [20, 2], [20, 1], [
    20,
    0,
  ]]);
  const zoomed = await weir.ok("GET", `${series}?runs=${run}&key=loss&x=metric&by=epoch&from=11&to=19`);
  assert.deepEqual(zoomed.series[0].points.map(([x]: number[]) => x), [15]);
  assert.deepEqual((await weir.ok("GET", `${series}?runs=${run}&key=loss&x=metric&by=gone`)).series, []);
});

Deno.test("groups have their mean and deviation, and say of how many runs and points", async () => {
  await using weir = await startWeir();
  const runs = [
    await runWith(weir, { model: "vit" }, curve("loss", [1, 3])),
    await runWith(weir, { model: "vit" }, curve("loss", [3, 5, 7])),
    await runWith(weir, {}, curve("loss", [9])),
  ];
  const query = runs.map((run) => `runs=${run}`).join("&");
  const { bands } = await weir.ok("GET", `${series}?${query}&key=loss&group=params.model`);
  assert.deepEqual(bands, [
    {
      value: "vit",
      runs: 2,
      points: [[0, 2, Math.SQRT2, 1, 3, 2], [1, 4, Math.SQRT2, 3, 5, 2], [2, 7, 0, 7, 7, 1]],
      key: "loss",
      total: 5,
      used: 5,
    },
    { runs: 1, points: [[0, 9, 0, 9, 9, 1]], key: "loss", total: 1, used: 1 },
  ]);
});

Deno.test("a curve is the same picture before and after it is compacted, and exact in a window", async () => {
  await using weir = await startWeir();
  const values = Array.from({ length: 9000 }, (_, i) => i === 5000 ? 99 : Math.sin(i * i));
  const run = await runWith(weir, {}, curve("loss", values));
  const look = async () => (await weir.ok("GET", `${series}?runs=${run}&key=loss&width=50`)).series[0];
  const before = await look();
  await weir.ok("POST", "runs/update", { run_id: run, status: "FINISHED" });
  while (await compact(weir.services.sql) > 0);
  const after = await look();
  assert.equal(after.total, before.total);
  assert.ok(after.points.length <= 160 && after.points.some(([, value]: number[]) => value === 99));
  const { series: [zoomed] } = await weir.ok("GET", `${series}?runs=${run}&key=loss&width=50&from=4990&to=5010`);
  assert.deepEqual(zoomed.points.map(([, value]: number[]) => value), values.slice(4990, 5011));
  const { series: [log] } = await weir.ok("GET", `${series}?runs=${run}&key=loss&width=60&logx=true`);
  assert.ok(log.points[0][0] === 1 && log.points.filter(([x]: number[]) => (x ?? 0) < 100).length > 20);
});

Deno.test("a file of points has every one of them, in order, and no name in it is a formula", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun({ run_name: '=HYPERLINK("x"),b' });
  await weir.logMetrics(run, curve("loss", [1, 0.5, 0.25]));
  const answer = await weir.app.request(`${series}.csv?runs=${run}&key=loss&from=1`);
  assert.match(answer.headers.get("content-disposition") ?? "", /attachment; filename=loss\.csv/);
  assert.equal(
    await answer.text(),
    "run_id,run_name,metric,step,timestamp,value\n" +
      `${run},"'=HYPERLINK(""x""),b",loss,1,1000,0.5\n${run},"'=HYPERLINK(""x""),b",loss,2,2000,0.25\n`,
  );
});

Deno.test("a picture of a chart is an SVG that shows no text as markup and runs nothing", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun({ run_name: "<script>alert(1)</script>" });
  await weir.logMetrics(run, curve("a b", [1, 2, 3]));
  for (const more of ["", "&group=params.model", "&log=true&logx=true&smooth=0.5&clip=true&ymin=0&ymax=2", "&x=time"]) {
    const answer = await weir.app.request(`${series}.svg?runs=${run}&key=${encodeURIComponent("a b")}${more}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.match(answer.headers.get("content-security-policy") ?? "", /sandbox/);
    assert.ok(
      !text.includes("<script") && (more.includes("group") || text.includes("&lt;script&gt;")) &&
        /<path d="M/.test(text),
    );
  }
});

Deno.test("what cannot be drawn is refused with the field that is wrong", async () => {
  await using weir = await startWeir();
  const run = await weir.startRun();
  const refusals: [string, RegExp][] = [
    [`${series}?runs=${run}`, /'key'/],
    [`${series}?runs=${run}&key=a&group=metrics.a`, /'group'/],
    [`${series}?runs=${run}&key=a&x=moon`, /'x'/],
    [`${series}?runs=${run}&key=a&width=0`, /'width'/],
    [`${series}.svg?runs=${run}&key=a&smooth=1`, /'smooth'/],
    [`${series}?${Array.from({ length: 101 }, (_, i) => `runs=${i}`).join("&")}&key=a`, /100 runs/],
    [`${series}?runs=${run}&${Array.from({ length: 51 }, (_, i) => `keys=${i}`).join("&")}`, /50 metrics/],
  ];
  for (const [url, said] of refusals) {
    const { status, body } = await weir.call("GET", url);
    assert.equal(status, 400, url);
    assert.match(body.message, said);
  }
});
