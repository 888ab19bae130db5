import assert from "node:assert/strict";
import type { z } from "zod";
import type * as entities from "../../domain/entities.ts";
import type { Printable, PrintableRun } from "../../domain/run_json.ts";
import { endpoints } from "../../routes/app.ts";
import { addressOf } from "../../routes/endpoint.ts";
import type * as answers from "../../wire/answers.ts";
import type { OpenApi } from "../../wire/openapi.ts";
import { startWeir } from "../weir.ts";

/** Of objects with optional fields: nothing but the fields' names and types counts. */
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<T[K]> } : T;

/** True where each takes what the other has, down to the fields that may be left out. */
type Same<A, B> = [A, Whole<A>] extends [B, Whole<B>] ? [B, Whole<B>] extends [A, Whole<A>] ? true : false : false;

type LoggedModel = Omit<entities.LoggedModel, "data"> & {
  data: Omit<entities.LoggedModel["data"], "metrics"> & { metrics?: Printable<entities.ModelMetric>[] };
};

/** The schemas of answers and the nouns of the program: the type check fails where they differ. */
const sameNouns: [
  Same<z.output<typeof answers.KeyValue>, entities.KeyValue>,
  Same<z.output<typeof answers.Experiment>, entities.Experiment>,
  Same<z.output<typeof answers.Metric>, Printable<entities.Metric>>,
  Same<z.output<typeof answers.ModelMetric>, Printable<entities.ModelMetric>>,
  Same<z.output<typeof answers.RunInfo>, entities.RunInfo>,
  Same<z.output<typeof answers.Dataset>, entities.Dataset>,
  Same<z.output<typeof answers.Run>, PrintableRun>,
  Same<z.output<typeof answers.FileInfo>, entities.FileInfo>,
  Same<z.output<typeof answers.LoggedModel>, LoggedModel>,
] = [true, true, true, true, true, true, true, true, true];

async function openApi(weir: { ok: (method: string, path: string) => Promise<OpenApi> }): Promise<OpenApi> {
  return await weir.ok("GET", "/openapi.json");
}

Deno.test("the OpenAPI document has every endpoint, with a sentence that says what it does", async () => {
  assert.ok(sameNouns.every(Boolean));
  await using weir = await startWeir();
  const { openapi, paths } = await openApi(weir);
  assert.equal(openapi, "3.1.0");
  for (const endpoint of endpoints) {
    const name = `${endpoint.method} ${endpoint.path}`;
    const described = paths[addressOf(endpoint)]?.[endpoint.method.toLowerCase()];
    assert.ok(described, name);
    assert.match(described.summary, /^[A-Z].+\.$/, name);
  }
  const ids = Object.values(paths).flatMap(Object.values).map((operation) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("every reference in the OpenAPI document leads somewhere", async () => {
  await using weir = await startWeir();
  const document = await openApi(weir);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  assert.ok(references.length > 100);
  for (const [reference, kind, name] of references) {
    const parts = kind === "schemas" ? document.components.schemas : document.components.responses;
    assert.ok(name !== undefined && name in parts, reference);
  }
});

Deno.test("who has the OpenAPI document already does not get it again", async () => {
  await using weir = await startWeir();
  const first = await weir.app.request("/openapi.json");
  const etag = first.headers.get("etag") ?? "";
  await first.body?.cancel();
  assert.match(etag, /^"[0-9a-f]{16}"$/);
  for (const known of [etag, `"other", W/${etag}`]) {
    const again = await weir.app.request("/openapi.json", { headers: { "if-none-match": known } });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
  }
  const other = await weir.app.request("/openapi.json", { headers: { "if-none-match": '"other"' } });
  assert.equal(other.status, 200);
  await other.body?.cancel();
});

Deno.test("the reference page shows every endpoint with its fields, an example and the errors", async () => {
  await using weir = await startWeir();
  const html = await (await weir.app.request("/docs/api")).text();
  for (const { method, path, parameters = [] } of await operations(weir)) {
    const part = html.split('<details class="op">').find((one) => {
      const text = one.replace(/<wbr\/?>/g, "");
      return text.includes(`>${method}</span>`) && text.includes(`<code>${path}</code>`);
    });
    assert.ok(part, `${method} ${path}`);
    assert.match(part, /curl /);
    const text = part.replace(/<wbr\/?>/g, "");
    for (const { name } of parameters) assert.ok(text.includes(`<code>${name}</code>`), `${path} ${name}`);
  }
  assert.match(html, /RESOURCE_DOES_NOT_EXIST/);
});

async function operations(weir: Parameters<typeof openApi>[0]) {
  return Object.entries((await openApi(weir)).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() }))
  );
}

Deno.test("the documentation names every endpoint that MLflow does not have", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/api.md", import.meta.url));
  const names = endpoints.filter(({ namespace }) => namespace === "weir")
    .map((endpoint) => `\`${endpoint.method} ${addressOf(endpoint)}\``);
  assert.deepEqual(names.filter((name) => !text.includes(name)), []);
});

Deno.test("a wrong method is told which ones are right", async () => {
  await using weir = await startWeir();
  for (
    const [method, path, allow] of [
      ["DELETE", "/api/2.0/mlflow/runs/create", "POST"],
      ["PUT", "/ajax-api/2.0/mlflow/experiments/search", "POST, GET"],
      ["PUT", "/api/2.0/mlflow/logged-models/search", "POST"],
      ["POST", "/api/2.0/mlflow-artifacts/artifacts/a/b.txt", "GET, PUT, DELETE"],
      ["PUT", "/api/2.0/mlflow-artifacts/artifacts", "GET"],
    ] as const
  ) {
    const response = await weir.app.request(path, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, allow]);
    assert.equal((await response.json()).error_code, "ENDPOINT_NOT_FOUND");
  }
});

Deno.test("a body that is no JSON object is refused where an empty one would do", async () => {
  await using weir = await startWeir();
  const search = async (body: string) =>
    (await weir.app.request("/api/2.0/mlflow/runs/search", {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    })).json();
  for (const body of ["", "null", "{}", '"{}"']) assert.deepEqual(await search(body), {});
  for (const body of ["\0", "{", "[]", "5", '"x"']) {
    assert.equal((await search(body)).message, "The request body must be a JSON object.");
  }
});
