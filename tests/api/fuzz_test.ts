import assert from "node:assert/strict";
import fc from "fast-check";
import { endpoints } from "../../routes/app.ts";
import { addressOf, type Endpoint } from "../../routes/endpoint.ts";
import { startWeir } from "../weir.ts";

/** Every field that some endpoint knows, and one that none does. */
const fields = [
  ..."experiment_id experiment_name experiment_ids name new_name artifact_location tags run_id run_uuid user_id run_name"
    .split(" "),
  ..."start_time end_time status key value timestamp step model_id dataset_name dataset_digest metrics params filter"
    .split(" "),
  ..."max_results order_by page_token view_type run_view_type metric_key path model_json datasets models runId".split(
    " ",
  ),
  ..."source_run_id model_type tag_key field_name allow_deleted surprise".split(" "),
];

const numbers = fc.oneof(
  fc.constantFrom(0, -1, 1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 63, -(2 ** 63), 1e21, 50_000, 50_001),
  fc.double(),
  fc.integer(),
);
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "0",
    "1",
    "-1",
    "9223372036854775808",
    "NaN",
    "Infinity",
    "a/b",
    "../x",
    "\0",
    "\ud800",
    "'",
    "\\",
    "%",
    "x".repeat(9000),
  ),
  fc.constantFrom(
    "metrics.m > 1",
    "params.p LIKE '%'",
    "tags.`a",
    "metrics.m DESC",
    "ACTIVE_ONLY",
    "FINISHED",
    "{}",
    "s3://b/p",
    "file:///etc",
  ),
);

function valuesWith(known: readonly string[]) {
  const leaf = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null), fc.constantFrom(...known));
  const record = fc.dictionary(fc.constantFrom(...fields), leaf, { maxKeys: 5, noNullPrototype: true });
  return fc.oneof({ weight: 4, arbitrary: leaf }, record, fc.array(fc.oneof(leaf, record), { maxLength: 4 }));
}

/** A folder gives clients no URLs of its own: that is said with 501, whatever is asked. */
const isNotOfFolder = ({ namespace }: Endpoint, { status, body }: { status: number; body: { error_code?: string } }) =>
  namespace === "mlflow-artifacts" && status === 501 && body.error_code === "NOT_IMPLEMENTED";

Deno.test("no body and no query of any endpoint is answered by a 5xx", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0" });
  const known = [run_id, model.info.model_id, "0", "m"];
  const bodies = fc.dictionary(fc.constantFrom(...fields), valuesWith(known), { maxKeys: 8, noNullPrototype: true });
  const requests = fc.record({
    endpoint: fc.constantFrom(...endpoints),
    body: bodies,
    id: fc.constantFrom(...known),
    run: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(requests, async ({ endpoint, body, id, run }) => {
      const { method } = endpoint;
      const url = addressOf(endpoint).replace(/\{\w+\}/g, id);
      // A request that names a run or a model gets further than one that does not.
      const sent = run
        ? { ...body, run_id, experiment_id: "0", experiment_ids: ["0"], model_id: model.info.model_id }
        : body;
      const answer = method === "GET"
        ? await weir.call(method, `${url}?${query(sent)}`)
        : await weir.call(method, url, sent);
      assert.ok(
        answer.status < 500 || isNotOfFolder(endpoint, answer),
        `${method} ${url} ${JSON.stringify(sent)}: ${answer.status} ${JSON.stringify(answer.body)}`,
      );
      if (answer.status >= 400) assert.ok(answer.body.error_code && answer.body.message);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("no bytes of a body are answered by a 5xx", async () => {
  await using weir = await startWeir();
  const bodies = fc.oneof(
    fc.json(),
    fc.uint8Array(),
    fc.constantFrom("[".repeat(100_000), '"'.repeat(1000), '{"run_id":"\\ud800"}', "null", "1e999"),
  );
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.constantFrom("runs/log-batch", "runs/search", "runs/log-metric", "experiments/create"),
      async (body, path) => {
        const response = await weir.app.request(`/api/2.0/mlflow/${path}`, {
          method: "POST",
          body: typeof body === "string" ? body : new Uint8Array(body),
          headers: { "content-type": "application/json" },
        });
        const answer = await response.text();
        assert.ok(response.status < 500, answer);
      },
    ),
    { numRuns: 500 },
  );
});

function query(fields: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      `${key}=${encodeURIComponent((typeof one === "object" ? JSON.stringify(one) : String(one)).toWellFormed())}`
    )
  );
  return pairs.join("&");
}
