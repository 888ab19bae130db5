import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { loadAssets } from "../../routes/assets.ts";
import { startWeir, type Weir, workerToken } from "../weir.ts";

const weirPath = (path: string): string => `/api/weir/1/${path}`;

/** Calls with a token, as a worker or as a program of a job. */
async function callWith(weir: Weir, token: string, method: string, path: string, body?: unknown) {
  const answer = await weir.app.request(path.startsWith("/") ? path : weirPath(path), {
    method,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const asWorker = (weir: Weir, path: string, body: unknown = {}) => callWith(weir, workerToken, "POST", path, body);

async function register(weir: Weir, fields: object = {}): Promise<string> {
  const { status, body } = await asWorker(weir, "workers", { name: "w", slots: 2, ...fields });
  equal(status, 200, JSON.stringify(body));
  return body.worker.worker_id;
}

const submit = async (weir: Weir, fields: object = {}) =>
  (await weir.ok("POST", weirPath("jobs"), { uri: "/srv/project", ...fields })).job;

const tagsOf = (run: { data: { tags?: { key: string; value: string }[] } }): Record<string, string> =>
  Object.fromEntries((run.data.tags ?? []).map(({ key, value }) => [key, value]));

Deno.test("a submitted job answers with its run, which is made as mlflow run makes one", async () => {
  await using weir = await startWeir();
  const job = await submit(weir, {
    uri: "https://github.com/mlflow/mlflow-example",
    version: "main",
    parameters: [{ key: "b", value: "2" }, { key: "a", value: "1" }],
    experiment_name: "wine",
    run_name: "first",
    tags: [{ key: "team", value: "x" }],
    submitted_by: "ada",
    backend_config: { a: { b: [1] } },
  });
  const run = await weir.getRun(job.run_id);
  deepEqual([run.info.status, run.info.run_name, run.info.user_id], ["SCHEDULED", "first", "ada"]);
  const { experiment } = await weir.ok("GET", "experiments/get-by-name?experiment_name=wine");
  equal(run.info.experiment_id, experiment.experiment_id);
  deepEqual(tagsOf(run), {
    "mlflow.project.backend": "local",
    "mlflow.project.entryPoint": "main",
    "mlflow.runName": "first",
    "mlflow.source.name": "https://github.com/mlflow/mlflow-example",
    "mlflow.source.type": "PROJECT",
    "mlflow.user": "ada",
    team: "x",
  });
  deepEqual(job.spec.parameters, [{ key: "b", value: "2" }, { key: "a", value: "1" }]);
  deepEqual((await weir.ok("GET", weirPath(`jobs/${job.job_id}`))).job, job);
});

Deno.test("what is wrong with a job is said before anything is written", async () => {
  await using weir = await startWeir();
  const deep = (levels: number): object => levels === 0 ? {} : { a: deep(levels - 1) };
  const bad: [request: object, status: number, message: RegExp][] = [
    [{}, 400, /'uri'/],
    [{ uri: "" }, 400, /'uri'/],
    [{ uri: "\0" }, 400, /NUL/],
    [{ uri: "x".repeat(3000) }, 400, /'uri'/],
    [{ uri: "p", experiment_id: "99" }, 404, /^No Experiment with id=99 exists$/],
    [{ uri: "p", experiment_id: "x" }, 400, /experiment ID 'x'/],
    [{ uri: "p", experiment_id: "0", experiment_name: "a" }, 400, /only one of/],
    [{ uri: "p", parameters: [{ key: "a", value: "1" }, { key: "a", value: "2" }] }, 400, /^Repeated parameter: 'a'$/],
    [{ uri: "p", parameters: { a: 1 } }, 400, /'parameters'/],
    [{ uri: "p", labels: ["no good"] }, 400, /'labels\[0\]'/],
    [{ uri: "p", env_manager: "poetry" }, 400, /'env_manager'/],
    [{ uri: "p", priority: 1e300 }, 400, /'priority'/],
    [{ uri: "p", max_attempts: 0 }, 400, /'max_attempts'/],
    [{ uri: "p", timeout_ms: -1 }, 400, /'timeout_ms'/],
    [{ uri: "p", backend_config: deep(40) }, 400, /20 levels/],
    [{ uri: "p", backend_config: { a: "\0" } }, 400, /stored/],
    [{ uri: "p", backend_config: { a: "x".repeat(2_000_000) } }, 400, /characters at most/],
    [{ uri: "p", tags: [{ key: "a/../b", value: "" }] }, 400, /tags\[0\]/],
    [{ uri: "p", run_name: "a", tags: [{ key: "mlflow.runName", value: "b" }] }, 400, /different values/],
  ];
  for (const [request, status, message] of bad) {
    const answer = await weir.call("POST", weirPath("jobs"), request);
    equal(answer.status, status, JSON.stringify([request, answer.body]).slice(0, 500));
    match(answer.body.message, message);
  }
  deepEqual((await weir.ok("GET", weirPath("jobs"))).jobs, []);
  deepEqual((await weir.ok("POST", "runs/search", { experiment_ids: ["0"] })).runs, undefined);
});

Deno.test("jobs are listed newest first, page by page, of one state or of all", async () => {
  await using weir = await startWeir();
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await submit(weir)).job_id);
  await weir.ok("POST", weirPath(`jobs/${ids[1]}/cancel`), {});
  const first = await weir.ok("GET", weirPath("jobs?state=queued&max_results=3"));
  deepEqual(first.jobs.map((job: { job_id: string }) => job.job_id), [ids[4], ids[3], ids[2]]);
  const rest = await weir.ok("GET", weirPath(`jobs?state=queued&max_results=3&page_token=${first.next_page_token}`));
  deepEqual([rest.jobs.map((job: { job_id: string }) => job.job_id), rest.next_page_token], [[ids[0]], undefined]);
  equal((await weir.ok("GET", weirPath("jobs?state=KILLED"))).jobs.length, 1);
  equal((await weir.ok("GET", weirPath("jobs?experiment_id=1"))).jobs.length, 0);
  equal((await weir.call("GET", weirPath(`jobs?page_token=${first.next_page_token}`))).status, 400);
  equal((await weir.call("GET", weirPath("jobs/none"))).status, 404);
  equal((await weir.call("POST", weirPath("jobs/none/retry"), {})).status, 404);
  equal((await weir.ok("POST", weirPath(`jobs/${ids[1]}/retry`), {})).job.state, "queued");
});

Deno.test("only who bears the workers' token gets at what workers do", async () => {
  await using weir = await startWeir();
  const { job_id } = await submit(weir);
  const worker_id = await register(weir);
  const claim = { worker_id, fence: 1 };
  const paths: [path: string, body: object][] = [
    ["workers", { name: "w" }],
    [`workers/${worker_id}/claim`, {}],
    [`workers/${worker_id}/heartbeat`, {}],
    [`workers/${worker_id}/leave`, {}],
    [`jobs/${job_id}/log`, { ...claim, offset: 0, base64: "" }],
    [`jobs/${job_id}/progress`, claim],
    [`jobs/${job_id}/end`, { ...claim, status: "FINISHED" }],
  ];
  for (const [path, body] of paths) {
    for (
      const headers of [{}, { authorization: "Bearer x" }, { authorization: workerToken }, {
        authorization: `Basic ${workerToken}`,
      }]
    ) {
      const answer = await weir.app.request(weirPath(path), {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      equal(answer.status, 401, path);
      equal((await answer.json()).error_code, "UNAUTHENTICATED");
    }
  }
  // A token for somebody else, such as a proxy, opens what is open.
  equal((await callWith(weir, "for a proxy", "GET", weirPath("workers"))).status, 200);
});

Deno.test("a worker hears of a job as soon as it is submitted, by way of this server or of another one", async () => {
  await using weir = await startWeir();
  const worker_id = await register(weir);
  const waiting = asWorker(weir, `workers/${worker_id}/claim`, { wait_ms: 20_000 });
  await new Promise((done) => setTimeout(done, 50));
  const job = await submit(weir);
  const { body } = await waiting;
  deepEqual([body.jobs[0].job.job_id, body.jobs[0].fence], [job.job_id, 1]);
  match(body.jobs[0].token, /^weir-job-[0-9a-f]{64}$/);
  const { run_id } = await import("../jobs.ts").then(({ submit }) => submit(weir.services.sql));
  const other = await asWorker(weir, `workers/${worker_id}/claim`, { wait_ms: 20_000, holding: [job.job_id] });
  equal(other.body.jobs[0].job.run_id, run_id);
  deepEqual(
    (await asWorker(weir, `workers/${worker_id}/claim`, { holding: [job.job_id, other.body.jobs[0].job.job_id] })).body,
    { jobs: [] },
  );
  equal((await asWorker(weir, "workers/none/claim")).status, 404);
});

Deno.test("a job goes over the API from its claim to its end, with its log", async () => {
  await using weir = await startWeir();
  const { run_id } = await submit(weir);
  const worker_id = await register(weir, { labels: ["gpu", "gpu"] });
  const [{ job, fence }] = (await asWorker(weir, `workers/${worker_id}/claim`)).body.jobs;
  const claim = { worker_id, fence };
  const said = await asWorker(weir, `jobs/${job.job_id}/progress`, {
    ...claim,
    params: [{ key: "alpha", value: "0.5" }],
    tags: [{ key: "t", value: "1" }],
    reference: { name: "pod-1" },
  });
  deepEqual(said.body, { cancelling: false, stdout_size: 0, stderr_size: 0 });
  const base64 = btoa("one\ntwo\n");
  equal((await asWorker(weir, `jobs/${job.job_id}/log`, { ...claim, offset: 0, base64 })).body.offset, 8);
  equal((await asWorker(weir, `jobs/${job.job_id}/log`, { ...claim, offset: 0, base64 })).body.offset, 8);
  equal((await asWorker(weir, `jobs/${job.job_id}/log`, { ...claim, offset: 99, base64 })).status, 409);
  equal((await asWorker(weir, `jobs/${job.job_id}/log`, { ...claim, offset: 0, base64: "?" })).status, 400);
  equal(
    (await asWorker(weir, `jobs/${job.job_id}/log`, { ...claim, fence: fence + 1, offset: 8, base64 })).status,
    409,
  );
  await weir.ok("POST", weirPath(`jobs/${job.job_id}/cancel`), {});
  deepEqual(
    (await asWorker(weir, `workers/${worker_id}/heartbeat`, {
      jobs: [{ job_id: job.job_id, fence }, { job_id: "x", fence }],
    })).body,
    {
      ...{ cancel: [job.job_id], lost: ["x"] },
    },
  );
  const ended = await asWorker(weir, `jobs/${job.job_id}/end`, {
    ...claim,
    status: "KILLED",
    exit_code: 143,
    reason: "It was cancelled.",
  });
  deepEqual([ended.body.job.state, ended.body.job.exit_code, ended.body.job.reference], ["killed", 143, {
    name: "pod-1",
  }]);
  const { lines } = await weir.ok("GET", weirPath(`runs/logs?run_id=${run_id}`));
  deepEqual(lines.map(({ text }: { text: string }) => text), ["one", "two"]);
  const run = await weir.getRun(run_id);
  deepEqual([run.info.status, run.data.params], ["KILLED", [{ key: "alpha", value: "0.5" }]]);
  const { workers, queued, running } = await weir.ok("GET", weirPath("workers"));
  deepEqual([workers[0].labels, workers[0].slots, queued, running], [["gpu"], 2, 0, 0]);
  ok(workers[0].last_heartbeat >= workers[0].started_time);
});

Deno.test("a label's limit is set and lifted", async () => {
  await using weir = await startWeir();
  await weir.ok("POST", weirPath("workers/label-limits"), { label: "gpu", most: 2 });
  deepEqual((await weir.ok("GET", weirPath("workers"))).label_limits, [{ label: "gpu", most: 2 }]);
  await weir.ok("POST", weirPath("workers/label-limits"), { label: "gpu" });
  deepEqual((await weir.ok("GET", weirPath("workers"))).label_limits, []);
  equal((await weir.call("POST", weirPath("workers/label-limits"), { label: "", most: 1 })).status, 400);
});

Deno.test("on a server that other machines reach, nobody has programs run without the workers' token", async () => {
  await using weir = await startWeir();
  const app = createApp({ ...weir.services, open: true }, await loadAssets(), { allowedHosts: [] });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://localhost/api/weir/1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ uri: "." }),
    });
  for (const path of ["jobs", "jobs/some/retry"]) {
    const answer = await ask(path);
    deepEqual([answer.status, (await answer.json()).error_code], [401, "UNAUTHENTICATED"]);
  }
  const trusted = await ask("jobs", { authorization: `Bearer ${workerToken}` });
  equal(trusted.status, 200, await trusted.text());
});
