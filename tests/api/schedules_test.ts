import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { loadAssets } from "../../routes/assets.ts";
import { startWeir, type Weir, workerToken } from "../weir.ts";

const at = (path = ""): string => `/api/weir/1/schedules${path}`;

const make = async (weir: Weir, fields: object = {}) =>
  (await weir.ok("POST", at(), { name: "nightly", cron: "0 3 * * *", uri: "/srv/project", ...fields })).schedule;

Deno.test("a schedule is made, shown, listed, changed, paused, resumed, run and deleted over the API", async () => {
  await using weir = await startWeir();
  const schedule = await make(weir, {
    ...{ cron: " 0  3 * * * ", time_zone: "Europe/Berlin", experiment_name: "by night", submitted_by: "ada" },
    ...{ parameters: [{ key: "alpha", value: "1" }], version: "main", labels: ["gpu"] },
  });
  const { experiment } = await weir.ok("GET", "experiments/get-by-name?experiment_name=by+night");
  const { name, cron, time_zone, overlap, paused, experiment_id, asked } = schedule;
  deepEqual([name, cron, time_zone, overlap, paused, experiment_id], [
    ...["nightly", "0 3 * * *", "Europe/Berlin", "skip", false],
    experiment.experiment_id,
  ]);
  deepEqual(asked, {
    ...{ uri: "/srv/project", version: "main", entry_point: "main", parameters: [{ key: "alpha", value: "1" }] },
    ...{ run_name: "", tags: [], backend: "local", backend_config: {}, docker_args: [], build_image: false },
    ...{ labels: ["gpu"], submitted_by: "ada", priority: 0, max_attempts: 1 },
  });
  const one = at(`/${schedule.schedule_id}`);
  deepEqual((await weir.ok("GET", one)).schedule, schedule);
  deepEqual((await weir.ok("GET", at())).schedules, [schedule]);

  const { schedule: changed } = await weir.ok("PATCH", one, {
    ...{ cron: "@hourly", parameters: [], timeout_ms: 1000, overlap: "queue", experiment_id: "0" },
  });
  ok(changed.next_time - Date.now() <= 3_600_000);
  deepEqual(
    { ...changed, next_time: 0, updated_time: 0 },
    {
      ...{ ...schedule, cron: "@hourly", overlap: "queue", experiment_id: "0", next_time: 0, updated_time: 0 },
      asked: { ...asked, parameters: [], timeout_ms: 1000 },
    },
  );
  equal((await weir.ok("PATCH", one, {})).schedule.cron, "@hourly");

  equal("next_time" in (await weir.ok("POST", `${one}/pause`, {})).schedule, false);
  const { job } = await weir.ok("POST", `${one}/run`, {});
  deepEqual([job.state, job.schedule_id, job.timeout_ms], ["queued", schedule.schedule_id, 1000]);
  equal((await weir.ok("GET", `/api/weir/1/jobs?schedule_id=${schedule.schedule_id}`)).jobs.length, 1);
  const { schedule: resumed } = await weir.ok("POST", `${one}/resume`, {});
  deepEqual([resumed.paused, resumed.last_job_id], [false, job.job_id]);
  ok(resumed.next_time > Date.now() - 60_000);

  deepEqual(await weir.ok("DELETE", one), {});
  for (const [method, path] of [["GET", one], ["DELETE", one], ["PATCH", one], ["POST", `${one}/run`]] as const) {
    const { status, body } = await weir.call(method, path, method === "GET" ? undefined : {});
    deepEqual([status, body.error_code], [404, "RESOURCE_DOES_NOT_EXIST"]);
  }
  equal((await weir.ok("GET", `/api/weir/1/jobs/${job.job_id}`)).job.schedule_id, undefined);
});

Deno.test("what is wrong with a schedule is said before anything is written", async () => {
  await using weir = await startWeir();
  const good = { name: "n", cron: "@daily", uri: "/p", experiment_name: "not made" };
  const wrong: [fields: object, message: RegExp][] = [
    [{ name: "" }, /'name'/],
    [{ name: "x".repeat(251) }, /'name'/],
    [{ name: null }, /'name'/],
    [{ name: "a\0" }, /NUL/],
    [{ cron: "" }, /'cron'/],
    [{ cron: null }, /'cron'/],
    [{ cron: 5 }, /'cron'/],
    [{ cron: "0 0 3 * * *" }, /'cron' supplied: expected five fields/],
    [{ cron: "0 0 31 2 *" }, /'cron' supplied: it names a day that never comes/],
    [{ cron: "*".repeat(10_000_000) }, /'cron' supplied: expected five fields/],
    [{ cron: "\ud800" }, /'cron'/],
    [{ time_zone: "" }, /'time_zone'/],
    [{ time_zone: "Mars/Phobos" }, /'time_zone' supplied: expected the IANA name/],
    [{ time_zone: {} }, /'time_zone'/],
    [{ overlap: "stop" }, /'overlap'/],
    [{ paused: "maybe" }, /'paused'/],
    [{ uri: "" }, /'uri'/],
    [{ priority: 1e300 }, /'priority'/],
    [{ parameters: [{ key: "a", value: "1" }, { key: "a", value: "2" }] }, /^Repeated parameter: 'a'$/],
    [{ experiment_id: "0" }, /only one of/],
  ];
  const schedule = await make(weir);
  for (const [fields, message] of wrong) {
    const request = { ...good, ...fields };
    const made = await weir.call("POST", at(), request);
    deepEqual(
      [made.status, made.body.error_code],
      [400, "INVALID_PARAMETER_VALUE"],
      JSON.stringify(fields).slice(0, 200),
    );
    match(made.body.message, message);
    if (Object.values(fields).includes(null)) continue; // which stands for what is left out
    const changed = await weir.call("PATCH", at(`/${schedule.schedule_id}`), {
      experiment_name: "not made",
      ...fields,
    });
    equal(changed.status, 400, JSON.stringify(fields).slice(0, 200));
    match(changed.body.message, message);
  }
  equal((await weir.call("POST", at(), { ...good, experiment_name: "", experiment_id: "99" })).status, 404);
  deepEqual((await weir.ok("GET", at())).schedules, [schedule]);
  equal((await weir.call("GET", "experiments/get-by-name?experiment_name=not+made")).status, 404);
});

Deno.test("schedules are listed page by page, with limits", async () => {
  await using weir = await startWeir();
  for (let i = 0; i < 3; i++) await make(weir, { name: `s${i}` });
  const names = (body: { schedules: { name: string }[] }) => body.schedules.map(({ name }) => name);
  const first = await weir.ok("GET", at("?max_results=2"));
  deepEqual(names(first), ["s2", "s1"]);
  deepEqual(names(await weir.ok("GET", at(`?max_results=2&page_token=${first.next_page_token}`))), ["s0"]);
  for (const query of ["max_results=0", "max_results=1001", "max_results=x", "page_token=x"]) {
    equal((await weir.call("GET", at(`?${query}`))).status, 400, query);
  }
});

Deno.test("where other machines reach the server, only the workers' token makes, changes or runs schedules", async () => {
  await using weir = await startWeir();
  const { schedule_id } = await make(weir);
  const app = createApp({ ...weir.services, open: true }, await loadAssets(), { allowedHosts: [] });
  const send = (method: string, path: string, token?: string, body?: string, type = "application/json") =>
    app.request(path, {
      method,
      headers: { "content-type": type, ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body }),
    });
  const fields = JSON.stringify({ name: "n", cron: "@daily", uri: "/p" });
  const executes: [method: string, path: string, body: string, type?: string][] = [
    ["POST", at(), fields],
    ["PATCH", at(`/${schedule_id}`), "{}"],
    ["POST", at(`/${schedule_id}/run`), "{}"],
    ["POST", at(`/${schedule_id}/resume`), "{}"],
    ["POST", "/projects/schedules", "uri=/p&cron=@daily", "application/x-www-form-urlencoded"],
    ["POST", `/projects/schedules/${schedule_id}/edit`, "uri=/p&cron=@daily", "application/x-www-form-urlencoded"],
    ["POST", `/projects/schedules/${schedule_id}/run`, "", "application/x-www-form-urlencoded"],
    ["POST", `/projects/schedules/${schedule_id}/resume`, "", "application/x-www-form-urlencoded"],
  ];
  for (const [method, path, body, type] of executes) {
    equal((await send(method, path, undefined, body, type)).status, 401, `${method} ${path}`);
    ok((await send(method, path, workerToken, body, type)).status < 400, `${method} ${path} with the token`);
  }
  for (const path of [at(), at(`/${schedule_id}`)]) equal((await send("GET", path)).status, 200);
  equal((await send("POST", at(`/${schedule_id}/pause`), undefined, "{}")).status, 200);
});
