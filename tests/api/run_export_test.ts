import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { logRun, logRuns } from "../pages/fill.ts";
import { startWeir, type Weir } from "../weir.ts";

const lines = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));

async function exported(weir: Weir, experiment_id: string, query: Record<string, string | string[]>) {
  const fields = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return await weir.app.request(`/experiments/${experiment_id}/export?${new URLSearchParams(fields)}`);
}

const namesIn = async (answer: Response): Promise<string[]> => lines(await answer.text()).map((run) => run.run_name);

Deno.test("all runs that match are exported in their order, not only a page of them", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  await weir.services.sql`
    insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, artifact_uri, params)
    select md5(i::text), ${Number(experiment_id)}, 'run ' || i, '', 'FINISHED', i, 'x', jsonb_build_object('i', i::text)
    from generate_series(1, 1203) i`;
  const all = await namesIn(await exported(weir, experiment_id, { format: "json" }));
  assert.deepEqual(all, Array.from({ length: 1203 }, (_, i) => `run ${1203 - i}`));
  const some = { format: "json", filter: "params.i like '12_' and attributes.run_name != 'run 121'" };
  const ordered = await namesIn(await exported(weir, experiment_id, { ...some, order_by: "attributes.run_name ASC" }));
  assert.deepEqual(ordered, ["run 120", ...Array.from({ length: 8 }, (_, i) => `run ${122 + i}`)]);
  const table = await parquetReadObjects({
    file: await (await exported(weir, experiment_id, { format: "parquet", columns: "params.i,params.none" }))
      .arrayBuffer(),
  });
  assert.deepEqual([table.length, table[1202]?.["params.i"]], [1203, "1"]);
});

Deno.test("chosen runs are exported as they were chosen, deleted ones too, and none of another experiment", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const [a = "", b = "", c = ""] = await logRuns({ weir, experiment_id }, [
    { run_name: "a" },
    { run_name: "b" },
    { run_name: "c" },
  ]);
  const stranger = await weir.startRun({});
  await weir.ok("POST", "runs/delete", { run_id: c });
  const chosen = { format: "json", runs: [b, c, stranger, a, b] };
  assert.deepEqual(await namesIn(await exported(weir, experiment_id, chosen)), ["b", "c", "a"]);
});

Deno.test("text that a spreadsheet would run is made harmless in CSV, and numbers stay numbers", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("=1/2");
  const params = ["@SUM(1)", "-1.0", "+1e-5", "-inf", "--help", 'say "x",\ny', "＝1", "\tx", "= 1"];
  await logRun({ weir, experiment_id }, {
    run_name: "=cmd|' /C calc'!A0",
    params: Object.fromEntries(params.map((value, i) => [`p${i}`, value])),
    metrics: { loss: -0.5, nan: NaN },
    start_time: 1_700_000_000_123,
  });
  const columns = [...params.map((_, i) => `params.p${i}`), "metrics.loss", "metrics.nan", "metrics.none"];
  const answer = await exported(weir, experiment_id, { columns });
  assert.equal(
    answer.headers.get("content-disposition"),
    `attachment; filename="_1-2.csv"; filename*=UTF-8''%3D1-2.csv`,
  );
  assert.equal(
    await answer.text(),
    `run_id,run_name,status,start_time,${columns.join()}\n` +
      `${(await found(weir, experiment_id))[0]},'=cmd|' /C calc'!A0,FINISHED,2023-11-14T22:13:20.123Z,` +
      `'@SUM(1),-1.0,+1e-5,-inf,'--help,"say ""x"",\ny",'＝1,'\tx,'= 1,-0.5,NaN,\n`,
  );
});

async function found(weir: Weir, experiment_id: string): Promise<string[]> {
  const { runs } = await weir.ok("POST", "runs/search", { experiment_ids: [experiment_id] });
  return runs.map((run: { info: { run_id: string } }) => run.info.run_id);
}

Deno.test("Parquet has doubles for metrics, text for params and tags, and times", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  await logRun({ weir, experiment_id }, {
    run_name: "a",
    params: { n: "1" },
    metrics: { m: NaN, up: Infinity, down: -Infinity, whole: 3 },
    tags: { "ünï/ß": "💡" },
    start_time: 1_700_000_000_123,
  });
  const file = await (await exported(weir, experiment_id, { format: "parquet" })).arrayBuffer();
  const types = new Map(
    parquetMetadata(file).schema.map(({ name, type, converted_type }) => [name, converted_type ?? type]),
  );
  assert.deepEqual(
    ["run_id", "params.n", "tags.ünï/ß", "metrics.whole", "start_time"].map((name) => types.get(name)),
    ["UTF8", "UTF8", "UTF8", "DOUBLE", "TIMESTAMP_MILLIS"],
  );
  const [row] = await parquetReadObjects({ file });
  assert.deepEqual(
    ["metrics.m", "metrics.up", "metrics.down", "metrics.whole", "params.n", "tags.ünï/ß"].map((name) => row?.[name]),
    [NaN, Infinity, -Infinity, 3, "1", "💡"],
  );
  assert.equal(row?.["start_time"].getTime(), 1_700_000_000_123);
  const [line] = lines(await (await exported(weir, experiment_id, { format: "json" })).text());
  assert.deepEqual([line["metrics.m"], line["metrics.up"], line["start_time"]], [
    "NaN",
    "Infinity",
    "2023-11-14T22:13:20.123Z",
  ]);
});

Deno.test("an experiment without runs makes an empty table in every format", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const text = async (format: string) => await (await exported(weir, experiment_id, { format })).text();
  assert.match(await text("csv"), /^run_id,[^\n]*\n$/);
  assert.equal(await text("json"), "");
  const file = await (await exported(weir, experiment_id, { format: "parquet" })).arrayBuffer();
  assert.deepEqual(await parquetReadObjects({ file }), []);
});

Deno.test("an export that makes no sense is an error and no file", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const refused: [string, Record<string, string | string[]>, number][] = [
    [experiment_id, { filter: "metrics.loss <" }, 400],
    [experiment_id, { order_by: "nothing.x ASC" }, 400],
    [experiment_id, { format: "xlsx" }, 400],
    [experiment_id, { view: "some" }, 400],
    [experiment_id, { columns: "a\0" }, 400],
    [experiment_id, { runs: "\0" }, 400],
    ["99999", {}, 404],
    ["abc", {}, 400],
    ["9".repeat(30), {}, 404],
  ];
  for (const [id, query, status] of refused) {
    const answer = await exported(weir, id, query);
    assert.equal(answer.status, status, `${id} ${JSON.stringify(query)}: ${await answer.text()}`);
  }
  assert.equal((await weir.app.request(`/experiments/${experiment_id}/export`, { method: "HEAD" })).status, 200);
});

Deno.test("times after the last year that a date can have are exported as they are", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const start_time = 8_640_000_000_000_001;
  await logRun({ weir, experiment_id }, { run_name: "late", start_time });
  for (const [format, found] of [["csv", "8640000000000001"], ["json", "8640000000000001"]] as const) {
    assert.ok((await (await exported(weir, experiment_id, { format })).text()).includes(found), format);
  }
  const file = await (await exported(weir, experiment_id, { format: "parquet" })).arrayBuffer();
  assert.equal(parquetMetadata(file).num_rows, 1n);
  const rows = await parquetReadObjects({ file, columns: ["run_name"] });
  assert.deepEqual(rows, [{ run_name: "late" }]);
});
