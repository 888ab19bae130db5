import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { day } from "../../domain/purges.ts";
import { fill, purge, put, stored } from "../purging.ts";
import { startWeir } from "../weir.ts";

const gone = "0".repeat(32);

Deno.test("only what is in the bin can be purged, and what is wrong is named", async () => {
  await using weir = await startWeir();
  const { experiment_id, run_id, model_id } = await fill(weir);
  const young = await weir.startRun();
  await weir.ok("POST", "runs/delete", { run_id: young });
  const bad: [request: object, status: number, message: RegExp][] = [
    [{}, 400, /^Say what to purge: 'experiment_ids'/],
    [{ all: false }, 400, /^Say what to purge/],
    [{ all: true, run_ids: [young] }, 400, /^'all' cannot be given with/],
    [{ experiment_ids: [experiment_id] }, 400, /The experiment \d+ \(.*\) is active\.$/],
    [{ run_ids: [young, run_id] }, 400, new RegExp(`The run ${run_id} \\(.*\\) is active\\.$`)],
    [{ logged_model_ids: [model_id] }, 400, /The logged model m-\w+ \(m\) is active\.$/],
    [{ experiment_ids: ["4242"] }, 404, /^No Experiment with id=4242 exists$/],
    [{ experiment_ids: ["99999999999999999999"] }, 404, /^No Experiment with id=-1 exists$/],
    [{ experiment_ids: ["x"] }, 400, /^Invalid experiment ID 'x'/],
    [{ run_ids: [gone] }, 404, new RegExp(`^Run with id=${gone} not found$`)],
    [{ logged_model_ids: ["m-x"] }, 404, /^Logged model with ID 'm-x' not found\.$/],
    [{ run_ids: [young], older_than_ms: 60_000 }, 400, /was deleted later than that\.$/],
    [{ older_than_ms: -1 }, 400, /'older_than_ms'/],
    [{ older_than_ms: 1e300 }, 400, /'older_than_ms'/],
    [{ older_than_ms: "soon" }, 400, /'older_than_ms'/],
    [{ run_ids: "all" }, 400, /'run_ids'/],
    [{ run_ids: [7] }, 400, /'run_ids\[0\]'/],
    [{ run_ids: ["\0"] }, 400, /NUL/],
    [{ all: "perhaps" }, 400, /'all'/],
    [{ run_ids: Array.from({ length: 10_001 }, (_, i) => `${i}`) }, 400, /^At most 10000 things/],
  ];
  for (const [request, status, message] of bad) {
    const answer = await weir.call("POST", "/api/weir/1/purges", request);
    equal(answer.status, status, JSON.stringify(answer.body));
    match(answer.body.message, message);
  }
  equal((await weir.call("GET", "/api/weir/1/purges/none")).body.message, "Purge with ID 'none' not found.");
  equal((await weir.call("POST", "/api/weir/1/purges/none/cancel", {})).status, 404);
  for (const path of ["purges", "bin"]) {
    equal((await weir.call("GET", `/api/weir/1/${path}?max_results=0`)).status, 400);
    equal((await weir.call("GET", `/api/weir/1/${path}?page_token=x`)).status, 400);
  }
  deepEqual((await weir.ok("GET", "/api/weir/1/purges")).purges, []);
});

Deno.test("a dry run tells what would go, and changes nothing", async () => {
  await using weir = await startWeir();
  const { experiment_id } = await fill(weir);
  const other = await fill(weir);
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await weir.ok("POST", "runs/delete", { run_id: other.run_id });
  const { plan } = await weir.ok("POST", "/api/weir/1/purges", { all: true, dry_run: true });
  const counts = { experiments: 1, runs: 2, logged_models: 1, traces: 1 };
  deepEqual(plan, { ...counts, files: 4, bytes: 15, kept: 0, items: [] });
  const one = await weir.ok("POST", "/api/weir/1/purges", { run_ids: [other.run_id], dry_run: true });
  deepEqual([one.plan.runs, one.plan.experiments, one.plan.bytes], [1, 0, 5]);
  deepEqual((await weir.ok("GET", "/api/weir/1/purges")).purges, []);
  equal((await stored(weir)).length, 6);
  const real = await purge(weir, { all: true });
  deepEqual([real.done, real.files, real.bytes], [4, 4, 15]);
});

Deno.test("the bin lists what was deleted last first, page by page, with sizes and when it is purged", async () => {
  await using weir = await startWeir();
  weir.services.binDays = 30;
  const { experiment_id } = await fill(weir);
  const other = await fill(weir);
  const deletions: [string, string, object?][] = [
    ["POST", "experiments/delete", { experiment_id }],
    ["POST", "runs/delete", { run_id: other.run_id }],
    ["DELETE", `logged-models/${other.model_id}`],
  ];
  for (const deletion of deletions) {
    await weir.ok(...deletion);
    await new Promise((done) => setTimeout(done, 3));
  }
  const all = await weir.ok("GET", "/api/weir/1/bin");
  equal(all.bin_days, 30);
  const shown = all.entries.map((entry: { deleted_time: number; purge_at: number; experiment_name: string }) => {
    const { deleted_time, purge_at, experiment_name: _, ...rest } = entry;
    equal(purge_at, deleted_time + 30 * day);
    return rest;
  });
  deepEqual(shown.map(({ kind, id, files, bytes, runs }: Record<string, unknown>) => [kind, id, files, bytes, runs]), [
    ["logged_model", other.model_id, 1, 3, undefined],
    ["run", other.run_id, 1, 5, undefined],
    ["experiment", experiment_id, 3, 10, 1],
  ]);
  const paged: unknown[] = [];
  for (let token = "";;) {
    const page = await weir.ok("GET", `/api/weir/1/bin?max_results=1&page_token=${token}`);
    paged.push(...page.entries);
    token = page.next_page_token;
    if (!token) break;
  }
  deepEqual(paged, all.entries);
});

Deno.test("things can be taken out of the bin together, all or none", async () => {
  await using weir = await startWeir();
  const { experiment_id, run_id, model_id } = await fill(weir);
  await weir.ok("POST", "runs/delete", { run_id });
  await weir.ok("DELETE", `logged-models/${model_id}`);
  const ids = { run_ids: [run_id], logged_model_ids: [model_id] };
  equal((await weir.call("POST", "/api/weir/1/bin/restore", { ...ids, experiment_ids: ["4242"] })).status, 404);
  equal((await weir.call("POST", "/api/weir/1/bin/restore", {})).status, 400);
  equal((await weir.ok("GET", "/api/weir/1/bin")).entries.length, 2);
  deepEqual(await weir.ok("POST", "/api/weir/1/bin/restore", ids), {});
  deepEqual((await weir.ok("GET", "/api/weir/1/bin")).entries, []);
  equal((await weir.ok("GET", `logged-models/${model_id}`)).model.info.name, "m");
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await weir.ok("POST", "experiments/restore", { experiment_id });
  deepEqual(
    await weir.services.sql`select from weir.runs where deleted_time is not null`.then((rows) => rows.length),
    0,
  );
});

Deno.test("after a purge the name of an experiment is free, and nothing of it is found", async () => {
  await using weir = await startWeir();
  const { experiment_id, run_id, model_id } = await fill(weir);
  await weir.ok("POST", "experiments/update", { experiment_id, new_name: "vision" });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  equal((await weir.call("POST", "experiments/create", { name: "vision" })).body.error_code, "RESOURCE_ALREADY_EXISTS");
  const asked = await weir.ok("POST", "/api/weir/1/purges", { experiment_ids: [experiment_id] });
  equal(asked.purge.state, "queued");
  await purge(weir, { experiment_ids: [experiment_id] });
  const again = (await weir.ok("POST", "experiments/create", { name: "vision" })).experiment_id;
  ok(again !== experiment_id);
  const answers = await Promise.all([
    weir.call("GET", `experiments/get?experiment_id=${experiment_id}`),
    weir.call("POST", "experiments/restore", { experiment_id }),
    weir.call("POST", "runs/create", { experiment_id }),
    weir.call("GET", `runs/get?run_id=${run_id}`),
    weir.call("POST", "runs/restore", { run_id }),
    weir.call("GET", `artifacts/list?run_id=${run_id}`),
    weir.call("GET", `logged-models/${model_id}`),
  ]);
  deepEqual(
    answers.map(({ status, body }) => [status, body.error_code]),
    answers.map(() => [404, "RESOURCE_DOES_NOT_EXIST"]),
  );
  deepEqual(await weir.ok("POST", "runs/search", { experiment_ids: [experiment_id], run_view_type: "ALL" }), {});
  const { purges } = await weir.ok("GET", "/api/weir/1/purges");
  deepEqual(purges.map(({ state, done }: { state: string; done: number }) => [state, done]), [["done", 0], [
    "done",
    3,
  ]]);
  const { purge: first, items } = await weir.ok("GET", `/api/weir/1/purges/${asked.purge.purge_id}`);
  deepEqual([first.done, items], [3, []]);
});

Deno.test("an experiment of many runs is asked to be purged in one short request, and purged in batches", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  await weir.services.sql`
    insert into weir.runs (run_id, experiment_id, run_name, user_id, status, start_time, artifact_uri)
    select md5(i::text), ${Number(experiment_id)}, 'r' || i, '', 'FINISHED', i,
      'mlflow-artifacts:/' || ${experiment_id}::text || '/' || md5(i::text) || '/artifacts'
    from generate_series(1, 3000) i`;
  await put(weir, `${experiment_id}/c4ca4238a0b923820dcc509a6f75849b/artifacts/a`, "1");
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const { total, done, files } = await purge(weir, { experiment_ids: [experiment_id] });
  deepEqual([total, done, files, await stored(weir)], [3001, 3001, 1, []]);
});

Deno.test("no request for a purge or the bin is answered by a 5xx", async () => {
  await using weir = await startWeir();
  const { run_id, experiment_id } = await fill(weir);
  await weir.ok("POST", "runs/delete", { run_id });
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(run_id, experiment_id, "-1", "1e9", "run:", `run:${run_id}`, "%"),
  );
  const value = fc.oneof(
    text,
    fc.array(text, { maxLength: 3 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant({}),
  );
  const fields = "experiment_ids run_ids logged_model_ids all older_than_ms force dry_run max_results page_token".split(
    " ",
  );
  const request = fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4 });
  const query = fc.dictionary(
    fc.constantFrom(..."things until typed force confirm page_token wrong only done".split(" ")),
    text,
  );
  await fc.assert(
    fc.asyncProperty(request, query, async (body, words) => {
      const answers = [
        await weir.call("POST", "/api/weir/1/purges", body),
        await weir.call("POST", "/api/weir/1/bin/restore", body),
        await weir.call("GET", `/api/weir/1/bin?${new URLSearchParams(words)}`),
        await weir.call("GET", `/bin?${new URLSearchParams(words)}`),
      ];
      for (const act of ["purge", "restore"]) {
        const init = { method: "POST", body: new URLSearchParams(words), headers: { "sec-fetch-site": "same-origin" } };
        const answer = await weir.app.request(`/bin/${act}`, init);
        answers.push({ status: answer.status, body: await answer.text() });
      }
      for (const { status, body } of answers) ok(status < 500, JSON.stringify(body));
    }),
    { numRuns: 60 },
  );
});
