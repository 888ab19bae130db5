import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { endJob } from "../../db/job_writes.ts";
import { cancelJob, getJob, listJobs } from "../../db/jobs.ts";
import { fireSchedules, runSchedule, untilDue } from "../../db/schedule_fires.ts";
import {
  clock,
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  pauseSchedule,
  updateSchedule,
} from "../../db/schedules.ts";
import { openDatabase, type Sql } from "../../db/sql.ts";
import { nextTime, type ScheduleTerms } from "../../domain/schedules.ts";
import { keepSchedules } from "../../runners/schedule_upkeep.ts";
import { claim, newWorker } from "../jobs.ts";
import { startWeir, type Weir } from "../weir.ts";

const terms: ScheduleTerms = {
  name: "nightly",
  asked: {
    ...{ uri: "/srv/project", entry_point: "train", parameters: [{ key: "alpha", value: "0.5" }], backend: "local" },
    ...{ backend_config: { a: { b: 1 } }, docker_args: [], build_image: false, run_name: "", submitted_by: "ada" },
    ...{ tags: [{ key: "team", value: "x" }], labels: ["gpu"], priority: 3, max_attempts: 2, timeout_ms: 60_000 },
  },
  ...{ experiment_id: "0", cron: "0 3 * * *", time_zone: "Europe/Berlin", overlap: "queue", paused: false },
};

const make = (sql: Sql, fields: Partial<ScheduleTerms> = {}) => createSchedule(sql, { ...terms, ...fields });

/** Their times have come, so many days ago. */
const comes = (sql: Sql, days = 0) =>
  sql`update weir.schedules set next_time = ${Date.now() - days * 86_400_000 - 1} where not paused`;

const countOfJobs = async (sql: Sql) => (await sql`select from weir.jobs`).length;

async function runTags(weir: Weir, run_id: string): Promise<Record<string, string>> {
  return Object.fromEntries(((await weir.getRun(run_id)).data.tags ?? []).map(({ key, value }) => [key, value]));
}

Deno.test("a schedule is kept with all that was asked for, and with its next time", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const made = await make(sql);
  const { schedule_id, next_time, created_time, updated_time, ...kept } = made;
  deepEqual(kept, terms);
  equal(next_time, nextTime(terms.cron, terms.time_zone, created_time));
  equal(updated_time, created_time);
  deepEqual(await getSchedule(sql, schedule_id), made);
  equal((await make(sql, { paused: true })).next_time, undefined);
  await rejects(getSchedule(sql, "none"), { code: "RESOURCE_DOES_NOT_EXIST" });
});

Deno.test("a schedule that cannot be kept is not made", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const deleted = await weir.createExperiment();
  await weir.ok("POST", "experiments/delete", { experiment_id: deleted });
  const wrong: [fields: Partial<ScheduleTerms>, error: object][] = [
    [{ cron: "0 0 31 2 *" }, { code: "INVALID_PARAMETER_VALUE", message: /'cron'/ }],
    [{ time_zone: "Mars" }, { code: "INVALID_PARAMETER_VALUE", message: /'time_zone'/ }],
    [{ experiment_id: "77" }, { code: "RESOURCE_DOES_NOT_EXIST" }],
    [{ experiment_id: "x" }, { code: "INVALID_PARAMETER_VALUE" }],
    [{ experiment_id: deleted }, { code: "INVALID_PARAMETER_VALUE", message: /deleted/ }],
  ];
  for (const [fields, error] of wrong) await rejects(make(sql, fields), error);
  deepEqual((await listSchedules(sql, { max_results: 10 })).schedules, []);
});

Deno.test("schedules are listed newest first, page by page", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  for (let i = 0; i < 5; i++) await make(sql, { name: `s${i}` });
  const names = ({ schedules }: { schedules: { name: string }[] }) => schedules.map(({ name }) => name);
  const first = await listSchedules(sql, { max_results: 3 });
  deepEqual(names(first), ["s4", "s3", "s2"]);
  const rest = await listSchedules(sql, { max_results: 3, page_token: first.next_page_token });
  deepEqual([names(rest), rest.next_page_token], [["s1", "s0"], undefined]);
});

Deno.test("a schedule whose time has come asks for its job, and goes on with the next time", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql);
  deepEqual(await fireSchedules(sql), []);
  await comes(sql);
  const [fired, ...more] = await fireSchedules(sql);
  deepEqual([fired?.schedule_id, fired?.error, more.length], [schedule_id, undefined, 0]);
  const job = await getJob(sql, fired?.job_id ?? "");
  const { run_name: _, tags: _tags, labels, submitted_by, priority, max_attempts, timeout_ms, ...spec } = terms.asked;
  deepEqual(job.spec, spec);
  deepEqual([job.labels, job.submitted_by, job.priority, job.max_attempts, job.timeout_ms, job.schedule_id], [
    ...[labels, submitted_by, priority, max_attempts, timeout_ms],
    schedule_id,
  ]);
  const tags = await runTags(weir, job.run_id);
  deepEqual([tags["weir.schedule"], tags["team"], tags["mlflow.source.type"]], ["nightly", "x", "PROJECT"]);
  const after = await getSchedule(sql, schedule_id);
  equal(after.last_job_id, job.job_id);
  ok(after.next_time! > await clock(sql));
  equal(after.next_time, nextTime(terms.cron, terms.time_zone, after.last_time!));
  deepEqual(await fireSchedules(sql), []);
  deepEqual((await listJobs(sql, { schedule_id, max_results: 10 })).jobs, [job]);
  deepEqual((await listJobs(sql, { schedule_id: "none", max_results: 10 })).jobs, []);
});

Deno.test("times that nobody was there for are one run, not one for each", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  await make(sql, { cron: "* * * * *" });
  await comes(sql, 30);
  equal((await fireSchedules(sql)).length, 1);
  deepEqual([await fireSchedules(sql), await countOfJobs(sql)], [[], 1]);
});

Deno.test("however many servers look after schedules, each time is asked for once", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const [row] = await sql<{ name: string }[]>`select current_database() as name`;
  const url = new URL(Deno.env.get("WEIR_TEST_DATABASE_URL") ?? "");
  url.pathname = `/${row?.name}`;
  const servers = Array.from({ length: 6 }, () => openDatabase(url.href, { pool: 2, prepare: true }));
  try {
    const ids = [];
    for (let i = 0; i < 12; i++) {
      ids.push((await make(sql, { name: `s${i}`, overlap: i % 2 ? "skip" : "queue" })).schedule_id);
    }
    for (let round = 1; round <= 4; round++) {
      await comes(sql);
      const fired = (await Promise.all(servers.map((server) => fireSchedules(server)))).flat();
      deepEqual(fired.map(({ schedule_id }) => schedule_id).sort(), [...ids].sort());
      for (const { job_id } of fired) if (job_id !== undefined) await cancelJob(sql, job_id);
      equal(await countOfJobs(sql), 12 * round);
    }
  } finally {
    await Promise.all(servers.map((server) => server.end()));
  }
});

Deno.test("a time that comes while a job of the schedule waits or runs is passed over, or is one more job", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql, { overlap: "skip" });
  await comes(sql);
  const [first] = await fireSchedules(sql);
  ok(first?.job_id);
  await comes(sql);
  deepEqual(await fireSchedules(sql), [{ schedule_id, name: "nightly" }]);
  const [mine] = await claim(sql, await newWorker(sql, ["gpu"]), { labels: ["gpu"] });
  await comes(sql);
  deepEqual(await fireSchedules(sql), [{ schedule_id, name: "nightly" }]);
  const passed = await getSchedule(sql, schedule_id);
  ok(passed.skipped_time! > passed.last_time! && passed.next_time! > passed.skipped_time!);
  equal(passed.last_job_id, first.job_id);

  await updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, overlap: "queue" }));
  await comes(sql);
  const [second] = await fireSchedules(sql);
  await cancelJob(sql, second?.job_id ?? "");
  await updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, overlap: "skip" }));
  await comes(sql);
  // The first one still runs, though it is not the last.
  deepEqual(await fireSchedules(sql), [{ schedule_id, name: "nightly" }]);
  await endJob(sql, mine!, { status: "FINISHED" }, 0);
  await comes(sql);
  ok((await fireSchedules(sql))[0]?.job_id);
  equal(await countOfJobs(sql), 3);
});

Deno.test("when asking fails the schedule says why, goes on, and the others have their turn", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const experiment_id = await weir.createExperiment();
  const { schedule_id } = await make(sql, { experiment_id });
  await make(sql, { name: "well" });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await comes(sql);
  const fired = await fireSchedules(sql);
  deepEqual(fired.map(({ name, job_id }) => [name, job_id !== undefined]).sort(), [["nightly", false], ["well", true]]);
  const failed = await getSchedule(sql, schedule_id);
  match(failed.last_error ?? "", /must be in the 'active' state/);
  ok(failed.next_time! > failed.last_time!);
  equal((await sql`select from weir.runs`).length, 1);
  await rejects(runSchedule(sql, schedule_id), { code: "INVALID_PARAMETER_VALUE" });

  await weir.ok("POST", "experiments/restore", { experiment_id });
  await comes(sql);
  equal((await fireSchedules(sql)).every(({ error }) => error === undefined), true);
  equal((await getSchedule(sql, schedule_id)).last_error, undefined);
});

Deno.test("an error that is no fault of a schedule leaves it due, and keeps nobody else waiting", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id, next_time } = await make(sql, { name: "broken" });
  await sql`create function weir.refuse() returns trigger language plpgsql as
    $$ begin if new.spec->>'uri' = '/broken' then raise exception 'disk full' using errcode = '53100'; end if; return new; end $$`;
  await sql`create trigger refuse before insert on weir.jobs for each row execute function weir.refuse()`;
  await updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, asked: { ...schedule.asked, uri: "/broken" } }));
  equal((await getSchedule(sql, schedule_id)).next_time, next_time);
  for (let i = 0; i < 3; i++) await make(sql, { name: `s${i}` });
  await comes(sql);
  await sql`update weir.schedules set next_time = next_time - 1 where schedule_id = ${schedule_id}`;
  await rejects(fireSchedules(sql), /disk full/);
  equal(await countOfJobs(sql), 3);
  ok((await untilDue(sql))! <= 0);
  await sql`drop trigger refuse on weir.jobs`;
  deepEqual((await fireSchedules(sql)).map(({ name }) => name), ["broken"]);
  equal(await countOfJobs(sql), 4);
});

Deno.test("a paused schedule asks for nothing until it is resumed, but when it is told to run now", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql);
  equal((await pauseSchedule(sql, schedule_id, true)).next_time, undefined);
  equal(await untilDue(sql), undefined);
  await comes(sql);
  deepEqual(await fireSchedules(sql), []);
  const job = await runSchedule(sql, schedule_id);
  equal(job.schedule_id, schedule_id);
  equal((await getSchedule(sql, schedule_id)).last_job_id, job.job_id);
  await runSchedule(sql, schedule_id);
  const resumed = await pauseSchedule(sql, schedule_id, false);
  deepEqual([resumed.paused, resumed.next_time], [false, nextTime(terms.cron, terms.time_zone, resumed.updated_time)]);
  equal(await countOfJobs(sql), 2);
});

Deno.test("a change of its name keeps a time that is due, and a change of its times begins anew", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql);
  await comes(sql);
  const named = await updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, name: "daily" }));
  ok(named.next_time! < await clock(sql));
  const moved = await updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, cron: "0 4 * * *" }));
  equal(moved.next_time, nextTime("0 4 * * *", terms.time_zone, moved.updated_time));
  await rejects(updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, cron: "x" })), /'cron'/);
  await rejects(updateSchedule(sql, schedule_id, (schedule) => ({ ...schedule, experiment_id: "9" })), {
    code: "RESOURCE_DOES_NOT_EXIST",
  });
  deepEqual(await getSchedule(sql, schedule_id), moved);
});

Deno.test("a deleted schedule leaves its jobs and their runs", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql);
  const { job_id, run_id } = await runSchedule(sql, schedule_id);
  await deleteSchedule(sql, schedule_id);
  const job = await getJob(sql, job_id);
  deepEqual([job.state, job.schedule_id], ["queued", undefined]);
  equal((await runTags(weir, run_id))["weir.schedule"], "nightly");
  await rejects(deleteSchedule(sql, schedule_id), { code: "RESOURCE_DOES_NOT_EXIST" });
});

Deno.test("the server wakes up for a schedule that becomes due, and rings for its job", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { schedule_id } = await make(sql);
  await sql`update weir.schedules set next_time = ${await clock(sql) + 300}`;
  const ending = new AbortController();
  const said: string[] = [];
  const rung = Promise.withResolvers<void>();
  const kept = keepSchedules({ sql, log: (_, message) => said.push(message), ring: rung.resolve }, ending.signal);
  await rung.promise;
  ok((await getSchedule(sql, schedule_id)).last_job_id);
  ending.abort();
  await kept;
  deepEqual(said, []);
});
