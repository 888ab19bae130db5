import { deepEqual, equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { endpoints } from "../../routes/app.ts";
import { addressOf } from "../../routes/endpoint.ts";
import { submit } from "../jobs.ts";
import { startWeir, type Weir } from "../weir.ts";

const token = `weir-job-${"ab".repeat(32)}`;

/** A job that runs with the token above, without a worker. */
async function runningJob(weir: Weir) {
  const { sql } = weir.services;
  const job = await submit(sql);
  const hash = new Uint8Array(createHash("sha256").update(token).digest());
  await sql`
    update weir.jobs set state = 'running', begun = true, owner = 'w', token = ${hash}, leased_until = 9000000000000
    where job_id = ${job.job_id}`;
  return job;
}

const json = { "content-type": "application/json" };

/** The status of a request that bears the token. */
async function status(weir: Weir, method: string, path: string, body?: unknown): Promise<number> {
  const url = path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`;
  const answer = await weir.app.request(url, {
    method,
    headers: { ...(typeof body === "string" ? {} : json), authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  await answer.body?.cancel();
  return answer.status;
}

async function made(weir: Weir, path: string, body: unknown) {
  const answer = await weir.app.request(`/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { ...json, authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  equal(answer.status, 200, await answer.clone().text());
  return await answer.json();
}

const file = (place: string): string => `/api/2.0/mlflow-artifacts/artifacts/${place}`;

Deno.test("a job writes its own run, its children, their models and artifacts", async () => {
  await using weir = await startWeir();
  const { run_id } = await runningJob(weir);
  const nested = (parent: string) => ({ experiment_id: "0", tags: [{ key: "mlflow.parentRunId", value: parent }] });
  const child = (await made(weir, "runs/create", nested(run_id))).run.info.run_id;
  const grandchild = (await made(weir, "runs/create", nested(child))).run.info.run_id;
  for (const id of [run_id, child, grandchild]) {
    const { model } = await made(weir, "logged-models", { experiment_id: "0", name: "m", source_run_id: id });
    const { model_id } = model.info;
    const metric = { key: "m", value: 1, timestamp: 1, step: 1, model_id };
    const writes: [method: string, path: string, body: unknown][] = [
      ["POST", "runs/log-metric", { run_id: id, key: "a", value: 1, timestamp: 1 }],
      ["POST", "runs/log-batch", { run_id: id, metrics: [metric], params: [{ key: "p", value: "1" }] }],
      ["POST", "runs/set-tag", { run_id: id, key: "a", value: "b" }],
      ["POST", "runs/update", { run_id: id, status: "FINISHED" }],
      ["POST", "/api/weir/1/runs/logs", { run_id: id, text: "x" }],
      ["PATCH", `logged-models/${model_id}`, { status: "LOGGED_MODEL_READY" }],
      ["PATCH", `logged-models/${model_id}/tags`, { tags: [{ key: "a", value: "b" }] }],
      ["PUT", file(`0/${id}/artifacts/a/b.txt`), "x"],
      ["PUT", file(`0/models/${model_id}/artifacts/MLmodel`), "x"],
      ["PUT", `/api/weir/1/runs/${id}/files?path=c.txt`, "x"],
      ["DELETE", file(`0/${id}/artifacts/a/b.txt`), undefined],
    ];
    for (const [method, path, body] of writes) equal(await status(weir, method, path, body), 200, `${method} ${path}`);
  }
});

Deno.test("a job reads everything, and writes nothing of others", async () => {
  await using weir = await startWeir();
  const { run_id } = await runningJob(weir);
  const other = await weir.startRun();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m", source_run_id: other });
  const orphan = (await weir.ok("POST", "logged-models", { experiment_id: "0", name: "o" })).model.info.model_id;
  const elsewhere = await weir.createExperiment();
  const parent = (value: string) => [{ key: "mlflow.parentRunId", value }];
  const { model_id } = model.info;
  const metric = { key: "m", value: 1, timestamp: 1, step: 1 };
  equal(await status(weir, "GET", `runs/get?run_id=${other}`), 200);
  equal(await status(weir, "POST", "runs/search", { experiment_ids: ["0"] }), 200);
  equal(await status(weir, "GET", `logged-models/${model_id}`), 200);
  const writes: [method: string, path: string, body?: unknown][] = [
    ["POST", "runs/log-metric", { run_id: other, key: "a", value: 1, timestamp: 1 }],
    ["POST", "runs/log-metric", { run_uuid: other, key: "a", value: 1, timestamp: 1 }],
    ["POST", "runs/log-metric", { run_id, ...metric, model_id }],
    ["POST", "runs/log-batch", { run_id, metrics: [metric, { ...metric, model_id: orphan }] }],
    ["POST", "runs/log-batch", { run_id: "none", metrics: [metric] }],
    ["POST", "runs/delete", { run_id }],
    ["POST", "runs/create", { experiment_id: "0" }],
    ["POST", "runs/create", { experiment_id: "0", tags: parent(other) }],
    ["POST", "runs/create", { experiment_id: "0", tags: [...parent(run_id), ...parent(other)] }],
    ["POST", "runs/create", { experiment_id: elsewhere, tags: parent(run_id) }],
    ["POST", "logged-models", { experiment_id: "0", name: "m" }],
    ["POST", "logged-models", { experiment_id: "0", name: "m", source_run_id: other }],
    ["PATCH", `logged-models/${model_id}/tags`, { tags: [{ key: "a", value: "b" }] }],
    ["PATCH", `logged-models/${orphan}/tags`, { tags: [{ key: "a", value: "b" }] }],
    ["POST", "/api/weir/1/runs/logs", { run_id: other, text: "x" }],
    ["PUT", `/api/weir/1/runs/${other}/files?path=c.txt`, "x"],
    ["PUT", file(`0/${other}/artifacts/a.txt`), "x"],
    ["PUT", file(`0/${other}/${run_id}/artifacts/a.txt`), "x"],
    ["PUT", file(`${run_id}/artifacts/a.txt`), "x"],
    ["PUT", file(`7/${run_id}/artifacts/a.txt`), "x"],
    ["PUT", file("a.txt"), "x"],
    ["DELETE", file(`0/${other}/artifacts`)],
    ["DELETE", file(`0/${run_id}`)],
    ["POST", `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${other}&path=a`, "x"],
    ["POST", "/api/2.0/mlflow-artifacts/mpu/create/0/" + other + "/artifacts", { path: "a", num_parts: 1 }],
    ["POST", "experiments/create", { name: "new" }],
    ["POST", "registered-models/create", { name: "new" }],
    ["POST", "/api/weir/1/jobs", { uri: "p" }],
    ["POST", "/api/weir/1/purges", { all: true }],
    ["POST", "/api/weir/1/workers", { name: "w" }],
    ["POST", "/api/weir/1/artifacts/check?repair=true"],
    ["POST", "/v1/traces", {}],
  ];
  for (const [method, path, body] of writes) {
    equal(await status(weir, method, path, body), 403, `${method} ${path} ${JSON.stringify(body)}`);
  }
});

Deno.test("no endpoint that writes lets a job in that names nothing of its own", async () => {
  await using weir = await startWeir();
  await runningJob(weir);
  for (const endpoint of endpoints.filter(({ access }) => access.action !== "read")) {
    const path = addressOf(endpoint).replace(/\{\w+\}/g, "0");
    const answer = await status(weir, endpoint.method, path, {});
    equal([400, 403].includes(answer), true, `${endpoint.method} ${path}: ${answer}`);
  }
});

Deno.test("a token that is none, or whose job is over, is refused whatever is asked", async () => {
  await using weir = await startWeir();
  equal(await status(weir, "GET", "/health"), 401);
  const { job_id } = await runningJob(weir);
  const paths = ["experiments/search?max_results=1", "/api/weir/1/jobs", "/experiments"];
  const all = () => Promise.all(paths.map((path) => status(weir, "GET", path)));
  deepEqual(await all(), [200, 200, 200]);
  await weir.services.sql`update weir.jobs set leased_until = 1 where job_id = ${job_id}`;
  deepEqual(await all(), [401, 401, 401]);
  await weir.services
    .sql`update weir.jobs set leased_until = 9000000000000, state = 'finished' where job_id = ${job_id}`;
  deepEqual(await all(), [401, 401, 401]);
});
