import assert from "node:assert/strict";
import fc from "fast-check";
import { point, startWeir } from "../weir.ts";

const fields =
  "search view order_by page_token filter max_results columns differ closed runs done touched baseline only transpose metric dir x smooth log full tab metrics params path drop key width from to run_id run_uuid group group_order open move since experiment_id at where sort change format back did view_id as zoom wrap look files part model_id name version"
    .split(" ");
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1e9",
    "NaN",
    "../x",
    "\0",
    "'",
    "%",
    "metrics.m",
    "params.p = '1'",
    "metrics.`a",
    "x".repeat(5000),
    "time",
    "diff",
    "lower:m",
    "params.p",
    "=x",
    "params.p = 'a",
  ),
);

Deno.test("no address of a page or of what pages fetch is answered by a 5xx", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await weir.logMetrics(run_id, [point("m", 1), point("m", 2, { step: 1 })]);
  const ids = fc.oneof(fc.constantFrom(run_id, "0", "1", "abc", "99999999999999999999"), texts);
  const paths = fc.oneof(
    fc.constantFrom(
      "/",
      "/experiments",
      "/compare",
      "/experiments/0/models",
      "/experiments/0/datasets",
      "/experiments/0/export",
      "/experiments/0/runs/tag",
      "/experiments/0/runs/move",
      "/get-artifact",
      "/show-artifact",
      "/api/weir/1/metrics/series",
      "/api/weir/1/runs/complete-filter",
      "/api/2.0/mlflow-artifacts/artifacts",
    ),
    fc.tuple(
      fc.constantFrom("/experiments/", "/runs/", "/logged-models/", "/static/", "/api/2.0/mlflow-artifacts/artifacts/"),
      ids,
    )
      .map(([path, id]) => path + encodeURIComponent(id.toWellFormed())),
    fc.constantFrom("/runs/%E0%A4%A", "/experiments/%", "/static/x/%2e%2e/%2e%2e/main.ts", "//", "/experiments//"),
  );
  const queries = fc.array(fc.tuple(fc.constantFrom(...fields), fc.oneof(ids, texts)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(paths, queries, async (path, pairs) => {
      const url = `http://localhost${path}?${new URLSearchParams(
        pairs.map(([key, value]) => [key, value.toWellFormed()]),
      )}`;
      const response = await weir.app.request(url, { headers: { accept: "text/html" } });
      const body = await response.text();
      assert.ok(response.status < 500, `${url}: ${response.status} ${body.slice(0, 500)}`);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("no form is answered by a 5xx", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const forms = [
    "/experiments",
    "/experiments/0/edit",
    "/experiments/x/delete",
    "/experiments/0/runs/delete",
    "/experiments/0/runs/tag",
    "/experiments/0/runs/untag",
    "/experiments/0/runs/rename",
    "/experiments/0/runs/move",
    "/experiments/0/runs/copy",
    "/experiments/0/runs/undo",
    "/views",
    "/views/x/rename",
    "/views/x/default",
    `/runs/${run_id}/edit`,
    `/runs/${run_id}/tags`,
    `/runs/${run_id}/tags/delete`,
    "/runs/x/restore",
  ];
  const field = fc.constantFrom(
    ..."name description runs back run_name key value to change page experiment_id query whose owner on".split(" "),
  );
  const bodies = fc.array(fc.tuple(field, fc.oneof(texts, fc.constantFrom(run_id, "runs", "0"))), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...forms), bodies, async (path, pairs) => {
      const body = String(new URLSearchParams(pairs.map(([key, value]) => [key, value.toWellFormed()])));
      const response = await weir.app.request(path, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
      const answer = await response.text();
      assert.ok(response.status < 500, `${path} ${body}: ${response.status} ${answer.slice(0, 500)}`);
    }),
    { numRuns: 500 },
  );
});
