import { deepEqual, equal, match, ok } from "node:assert/strict";
import { stopTrials } from "../../db/sweep_advance.ts";
import { getSweep } from "../../db/sweeps.ts";
import { goOn } from "../../routes/asked_sweep.ts";
import { startWeir, type Weir, workerToken } from "../weir.ts";

const weirPath = (path: string): string => `/api/weir/1/${path}`;

async function asWorker(weir: Weir, path: string, body: object = {}) {
  const answer = await weir.app.request(weirPath(path), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${workerToken}` },
    body: JSON.stringify(body),
  });
  equal(answer.status, 200, await answer.clone().text());
  return await answer.json();
}

const space = [{ key: "alpha", min: 0, max: 1 }, { key: "kind", values: ["a", 2, true] }];

const begin = async (weir: Weir, fields: object = {}) =>
  (await weir.ok("POST", weirPath("sweeps"), { uri: "/srv/project", metric: "loss", space, ...fields })).sweep;

const look = (weir: Weir, { sweep_id }: { sweep_id: string }) => weir.ok("GET", weirPath(`sweeps/${sweep_id}`));

interface Claimed {
  job: { job_id: string; run_id: string; spec: { parameters: { key: string; value: string }[] } };
  fence: number;
}

async function newWorker(weir: Weir) {
  const { worker_id } = (await asWorker(weir, "workers", { name: "w" })).worker;
  const at = async (path: string, { job, fence }: Claimed, fields: object = {}) =>
    await asWorker(weir, `jobs/${job.job_id}/${path}`, { worker_id, fence, ...fields });
  const holding: string[] = [];
  return {
    claim: async (most = 1): Promise<Claimed[]> => {
      const { jobs } = await asWorker(weir, `workers/${worker_id}/claim`, { most, holding });
      holding.push(...jobs.map(({ job }: Claimed) => job.job_id));
      return jobs;
    },
    begin: (claimed: Claimed) => at("progress", claimed),
    end: (claimed: Claimed, fields: object = { status: "FINISHED", exit_code: 0 }) => at("end", claimed, fields),
  };
}

/** Executes all trials one after the other; each logs what `measure` says of its values. */
async function executeAll(weir: Weir, measure: (values: Record<string, string>) => number | "NaN" | undefined) {
  const worker = await newWorker(weir);
  for (let [claimed] = await worker.claim(); claimed; [claimed] = await worker.claim()) {
    await worker.begin(claimed);
    const { run_id, spec } = claimed.job;
    const value = measure(Object.fromEntries(spec.parameters.map(({ key, value }) => [key, value])));
    if (value !== undefined) await weir.ok("POST", "runs/log-metric", { run_id, key: "loss", value, timestamp: 1 });
    await worker.end(claimed, value === undefined ? { status: "FAILED", reason: "boom" } : undefined);
  }
}

const tagsOf = (run: { data: { tags?: { key: string; value: string }[] } }): Record<string, string> =>
  Object.fromEntries((run.data.tags ?? []).map(({ key, value }) => [key, value]));

Deno.test("a sweep runs its trials one after the other, as children of its run, and tells the best", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, {
    ...{ method: "random", max_trials: 4, run_name: "hunt", submitted_by: "ada", experiment_name: "wine" },
    parameters: [{ key: "epochs", value: "3" }, { key: "alpha", value: "7" }],
  });
  deepEqual([sweep.state, sweep.begun, sweep.asked.parameters], ["running", 1, [{ key: "epochs", value: "3" }]]);
  const parent = await weir.getRun(sweep.run_id);
  deepEqual([parent.info.status, parent.info.run_name, parent.info.user_id], ["RUNNING", "hunt", "ada"]);
  equal(tagsOf(parent)["weir.sweep"], sweep.sweep_id);
  await executeAll(weir, ({ alpha }) => Number(alpha));
  const { sweep: ended, trials } = await look(weir, sweep);
  deepEqual([ended.state, ended.begun, trials.length], ["finished", 4, 4]);
  const best = trials.toSorted((a: { value: number }, b: { value: number }) => a.value - b.value)[0];
  equal(ended.best, best.number);
  const run = await weir.getRun(trials[1].run_id);
  deepEqual([run.info.run_name, run.info.status, run.info.experiment_id], ["hunt-2", "FINISHED", ended.experiment_id]);
  const { "mlflow.parentRunId": above, "weir.sweep.trial": number } = tagsOf(run);
  deepEqual([above, number], [sweep.run_id, "2"]);
  const { job } = await weir.ok("GET", weirPath(`jobs/${trials[1].job_id}`));
  deepEqual([job.sweep_id, job.trial], [sweep.sweep_id, 2]);
  deepEqual(job.spec.parameters.map(({ key }: { key: string }) => key), ["epochs", "alpha", "kind"]);
  ok(["a", "2", "true"].includes(job.spec.parameters[2].value));
  const after = await weir.getRun(sweep.run_id);
  equal(after.info.status, "FINISHED");
  deepEqual(after.data.metrics?.map(({ key, value }) => [key, value]), [["best_loss", best.value]]);
  deepEqual((await weir.ok("GET", weirPath("sweeps"))).sweeps, [ended]);
});

Deno.test("a grid ends with its last combination, and runs as many trials at once as it may", async () => {
  await using weir = await startWeir();
  const grid = [{ key: "a", min: 1, max: 3, step: 1 }, { key: "b", values: ["x", "y"] }];
  const sweep = await begin(weir, { method: "grid", space: grid, parallel: 4 });
  equal(sweep.max_trials, 6);
  const { trials: first } = await look(weir, sweep);
  deepEqual(first.map(({ state }: { state: string }) => state), ["queued", "queued", "queued", "queued"]);
  await executeAll(weir, ({ a }) => -Number(a));
  const { sweep: ended, trials } = await look(weir, sweep);
  deepEqual([ended.state, ended.best], ["finished", 5]);
  deepEqual(
    trials.map(({ values }: { values: { value: string }[] }) => values.map(({ value }) => value).join("")),
    ["1x", "1y", "2x", "2y", "3x", "3y"],
  );
});

Deno.test("what cannot be searched is refused with the name of the field, and leaves nothing", async () => {
  await using weir = await startWeir();
  const wrong: [object, RegExp][] = [
    [{ space: [] }, /'space'.*names no parameter/],
    [{ space: [{ key: "a" }] }, /'space\[0\]'.*either values, or min and max/],
    [{ space: [{ key: "a", values: ["1"], min: 2 }] }, /'space\[0\]'.*either values/],
    [{ space: [{ key: "a", min: 2, max: 1 }] }, /'a' goes from 2 to 1/],
    [{ space: [{ key: "a", min: "NaN", max: 1 }] }, /'a' needs two finite numbers/],
    [{ space: [{ key: "a", min: 0, max: 1, log: true }] }, /log scale/],
    [{ space: [{ key: "a", values: ["x\0"] }] }, /space/],
    [{ space: [{ key: "", values: ["1"] }] }, /key/],
    [{ space: "a" }, /space/],
    [{ method: "grid" }, /'alpha' needs a step, or values/],
    [{ method: "best" }, /method/],
    [{ method: "bayesian", metric: "" }, /'metric'.*Bayesian/i],
    [{ metric: "", early_stopping: {} }, /'metric'.*stopping/],
    [{ early_stopping: { min_step: -1 } }, /early_stopping/],
    [{ goal: "better" }, /goal/],
    [{ max_trials: 0 }, /max_trials/],
    [{ parallel: 1e9 }, /parallel/],
    [{ seed: 2 ** 40 }, /seed/],
    [{ uri: "" }, /uri/],
    [{ parameters: [{ key: "x", value: "1" }, { key: "x", value: "2" }] }, /Repeated parameter: 'x'/],
  ];
  for (const [fields, message] of wrong) {
    const answer = await weir.call("POST", weirPath("sweeps"), {
      ...{ uri: "/srv/project", metric: "loss", space, experiment_name: "none" },
      ...fields,
    });
    equal(answer.status, 400, JSON.stringify(fields));
    const { error_code, message: said } = answer.body as { error_code: string; message: string };
    equal(error_code, "INVALID_PARAMETER_VALUE");
    match(said, message);
  }
  equal((await weir.ok("POST", "runs/search", { experiment_ids: ["0"] })).runs, undefined);
  equal((await weir.call("GET", "experiments/get-by-name?experiment_name=none")).status, 404);
  equal((await weir.call("GET", weirPath("sweeps/none"))).status, 404);
  equal((await weir.call("POST", weirPath("sweeps/none/cancel"), {})).status, 404);
});

Deno.test("a sweep whose first trials fail ends with their reason; one failure among others does not matter", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { max_trials: 10 });
  await executeAll(weir, () => undefined);
  const { sweep: ended, trials } = await look(weir, sweep);
  deepEqual([ended.state, trials.length], ["failed", 3]);
  match(ended.reason, /first 3 trials failed; trial 3: boom/);
  equal((await weir.getRun(sweep.run_id)).info.status, "FAILED");

  const other = await begin(weir, { max_trials: 6 });
  let count = 0;
  await executeAll(weir, () => ++count % 2 === 0 ? count : undefined);
  const { sweep: done } = await look(weir, other);
  deepEqual([done.state, done.begun, done.best], ["finished", 6, 2]);
});

Deno.test("cancelling a sweep ends it with its trials, and asks for no more", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { parallel: 2 });
  const worker = await newWorker(weir);
  const [claimed] = await worker.claim();
  await worker.begin(claimed!);
  const cancelled = (await weir.ok("POST", weirPath(`sweeps/${sweep.sweep_id}/cancel`), {})).sweep;
  deepEqual([cancelled.state, cancelled.reason], ["killed", "The sweep was cancelled."]);
  await worker.end(claimed!, { status: "KILLED", reason: "It was cancelled." });
  const { trials } = await look(weir, sweep);
  deepEqual(trials.map(({ state, reason }: { state: string; reason: string }) => [state, reason]), [
    ["killed", "The sweep was cancelled."],
    ["killed", "The sweep was cancelled."],
  ]);
  equal((await weir.getRun(sweep.run_id)).info.status, "KILLED");
  equal((await weir.ok("POST", weirPath(`sweeps/${sweep.sweep_id}/cancel`), {})).sweep.state, "killed");
  deepEqual(await worker.claim(), []);
});

Deno.test("deleting a sweep's run ends it; a trial whose run is deleted is not counted", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { parallel: 2, max_trials: 3 });
  const { trials } = await look(weir, sweep);
  await weir.ok("POST", "runs/delete", { run_id: trials[0].run_id });
  equal((await look(weir, sweep)).trials.length, 1);
  await weir.ok("POST", "runs/delete", { run_id: sweep.run_id });
  await goOn(weir.services, sweep.sweep_id);
  const { sweep: ended } = await look(weir, sweep);
  deepEqual([ended.state, ended.reason], ["killed", "Its run was deleted."]);
});

Deno.test("a trial that does worse than the others by the same step is stopped, and says why", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { parallel: 4, early_stopping: { min_step: 2, min_trials: 2 } });
  const worker = await newWorker(weir);
  const jobs = await worker.claim(4);
  for (const [index, claimed] of jobs.entries()) {
    await worker.begin(claimed);
    const points = [0, 1, 2].map((step) => ({ key: "loss", value: 10 * index - step, timestamp: 1, step }));
    await weir.logMetrics(claimed.job.run_id, points);
  }
  const { sql } = weir.services;
  deepEqual(await stopTrials(sql, await getSweep(sql, sweep.sweep_id)), [3, 4]);
  const { job } = await weir.ok("GET", weirPath(`jobs/${jobs[3]!.job.job_id}`));
  equal(job.cancelling, true);
  match(job.reason, /Stopped early: by step 2 its best value was 28, worse than the median 8 of 3 others/);
  await worker.end(jobs[3]!, { status: "KILLED", reason: "It was cancelled." });
  const { trials, sweep: now } = await look(weir, sweep);
  match(trials[3].reason, /Stopped early/);
  deepEqual([trials[3].state, trials[3].value, now.begun], ["killed", 28, 5]);
  // Once is enough, and no other was told so.
  deepEqual(await stopTrials(sql, await getSweep(sql, sweep.sweep_id)), []);
});

Deno.test("however many servers look after a sweep at once, every trial is asked for once", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { max_trials: 5 });
  const worker = await newWorker(weir);
  const [first] = await worker.claim();
  await weir.services.sql`update weir.jobs set state = 'finished' where job_id = ${first!.job.job_id}`;
  await Promise.all(Array.from({ length: 8 }, () => goOn(weir.services, sweep.sweep_id)));
  deepEqual((await look(weir, sweep)).trials.map(({ number }: { number: number }) => number), [1, 2]);
});

Deno.test("a metric that is no number is told as such", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { max_trials: 1 });
  await executeAll(weir, () => "NaN");
  const { sweep: ended, trials } = await look(weir, sweep);
  deepEqual([trials[0].value, ended.state, ended.best], ["NaN", "finished", undefined]);
  match(ended.reason, /No trial logged the metric 'loss'/);
});

Deno.test("a sweep whose experiment is deleted ends with the reason", async () => {
  await using weir = await startWeir();
  const sweep = await begin(weir, { experiment_name: "gone" });
  await weir.ok("POST", "experiments/delete", { experiment_id: sweep.experiment_id });
  await executeAll(weir, () => 1);
  await goOn(weir.services, sweep.sweep_id);
  const { sweep: ended } = await look(weir, sweep);
  ok(ended.state === "failed" || ended.state === "killed", ended.state);
});
