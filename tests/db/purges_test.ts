import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ArtifactStores } from "../../artifacts/stores.ts";
import { createDefaultExperiment } from "../../db/experiments.ts";
import { claimPurge, getPurge, purgeItems } from "../../db/purges.ts";
import { ApiError } from "../../domain/errors.ts";
import { addModel, ask, fill, hurry, purge, put, stored, tablesWith, whileWorking, workOff } from "../purging.ts";
import { until } from "../postgres.ts";
import { point, startWeir, type Weir } from "../weir.ts";

const numberOf = async (weir: Weir, run_id: string): Promise<number> => {
  const [row] = await weir.services.sql<{ run: number }[]>`select run from weir.runs where run_id = ${run_id}`;
  return row!.run;
};

Deno.test("of a purged experiment nothing is left in any table, and no file", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id, run_id, model_id, trace_id } = await fill(weir);
  const other = await fill(weir);
  const run = { column: "run", value: await numberOf(weir, run_id) };
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const ended = await purge(weir, { experiment_ids: [experiment_id] });
  deepEqual(
    { ...ended, purge_id: "", created_time: 0, started_time: 0, ended_time: 0 },
    {
      ...{ purge_id: "", created_time: 0, started_time: 0, ended_time: 0, until: Number.MAX_SAFE_INTEGER },
      ...{ asked: { experiment_ids: [experiment_id], run_ids: [], logged_model_ids: [] }, force: false },
      ...{ automatic: false, state: "done", cancelling: false, total: 3, done: 3, kept: 0, files: 3, bytes: 10 },
    },
  );
  for (const id of [run_id, model_id, trace_id]) deepEqual(await tablesWith(sql, id, run), [], id);
  deepEqual(
    await tablesWith(sql, `"experiment_id": ${experiment_id},`, {
      column: "experiment_id",
      value: Number(experiment_id),
    }),
    [],
  );
  ok((await stored(weir)).every((path) => path.startsWith(`${other.experiment_id}/`)));
  equal((await stored(weir)).length, 3);
  ok((await tablesWith(sql, other.run_id)).length > 3);
  equal((await weir.call("GET", `runs/get?run_id=${run_id}`)).body.error_code, "RESOURCE_DOES_NOT_EXIST");
  equal(
    (await weir.call("GET", `experiments/get?experiment_id=${experiment_id}`)).body.message,
    `No Experiment with id=${experiment_id} exists`,
  );
});

Deno.test("of a purged run nothing is left but its id where others name it; its experiment and model stay", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id, run_id, model_id } = await fill(weir);
  const run = { column: "run", value: await numberOf(weir, run_id) };
  await weir.ok("POST", "runs/delete", { run_id });
  const { done, files, bytes } = await purge(weir, { run_ids: [run_id] });
  deepEqual([done, files, bytes], [1, 1, 5]);
  // What made the model, and what was asked of the purge.
  deepEqual(await tablesWith(sql, run_id, run), ["logged_models", "purges"]);
  equal((await weir.ok("GET", `logged-models/${model_id}`)).model.info.experiment_id, experiment_id);
  deepEqual((await stored(weir)).map((path) => path.split("/")[1]), ["models", "traces"]);
});

Deno.test("of a purged logged model nothing is left, and the run that made it stays", async () => {
  await using weir = await startWeir();
  const { run_id, model_id } = await fill(weir);
  await weir.ok("DELETE", `logged-models/${model_id}`);
  const { done, files } = await purge(weir, { logged_model_ids: [model_id] });
  deepEqual([done, files], [1, 1]);
  deepEqual(await tablesWith(weir.services.sql, model_id), ["purges"]);
  const { inputs, outputs } = await weir.getRun(run_id);
  deepEqual([inputs.model_inputs, outputs], [undefined, {}]);
});

Deno.test("a purge of all takes what is in the bin, and what was deleted later stays", async () => {
  await using weir = await startWeir();
  const [whole, part, young] = [await fill(weir), await fill(weir), await fill(weir)];
  await weir.ok("POST", "experiments/delete", { experiment_id: whole.experiment_id });
  await weir.ok("POST", "runs/delete", { run_id: part.run_id });
  await weir.ok("DELETE", `logged-models/${part.model_id}`);
  const purge_id = await ask(weir, { all: true });
  await weir.services.sql`update weir.purges set until = until + 1`;
  await new Promise((done) => setTimeout(done, 5));
  await weir.ok("POST", "runs/delete", { run_id: young.run_id });
  const { total, done, kept } = await workOff(weir, purge_id);
  deepEqual([total, done, kept], [5, 5, 0]);
  const { entries } = await weir.ok("GET", "/api/weir/1/bin");
  deepEqual(entries.map(({ id }: { id: string }) => id), [young.run_id]);
});

Deno.test("files that are gone already, or that no server can reach, do not stop a purge; the latter is said", async () => {
  await using weir = await startWeir();
  const gone = await fill(weir);
  await weir.services.artifacts.own.remove(gone.experiment_id);
  const { experiment_id } = await weir.ok("POST", "experiments/create", {
    name: "elsewhere",
    artifact_location: "dbfs:/elsewhere",
  });
  const far = await weir.startRun({ experiment_id });
  await weir.ok("POST", "experiments/delete", { experiment_id: gone.experiment_id });
  await weir.ok("POST", "runs/delete", { run_id: far });
  const { purge_id, state, done, files } = await purge(weir, { all: true });
  deepEqual([state, done, files], ["done", 4, 3]);
  deepEqual(
    (await purgeItems(weir.services.sql, purge_id, 9)).map(({ id, state, reason }) => [id, state, reason]),
    [[far, "done", `Files at dbfs:/elsewhere/${far} were left: this server cannot reach them.`]],
  );
});

/** Stores that refuse to remove, for as long as `broken` says of a folder. */
const refusing = (real: ArtifactStores, broken: (folder: string) => boolean): ArtifactStores => ({
  ...real,
  at: async (uri) => {
    const place = await real.at(uri);
    if (!place || !broken(place.folder)) return place;
    const remove = () =>
      Promise.reject(new ApiError("TEMPORARILY_UNAVAILABLE", "The artifact store cannot be reached."));
    return { ...place, store: { ...place.store, remove } };
  },
});

Deno.test("a store that fails is said and tried again, while the rest goes on; until then nothing of it is restored", async () => {
  await using weir = await startWeir();
  const { sql, artifacts } = weir.services;
  const full = await fill(weir);
  const free = await weir.startRun();
  await weir.ok("POST", "experiments/delete", { experiment_id: full.experiment_id });
  await weir.ok("POST", "runs/delete", { run_id: free });
  let broken = true;
  const stores = refusing(artifacts, (folder) => broken && !folder.includes(free));
  const purge_id = await ask(weir, { all: true });
  await whileWorking(weir, async () => {
    await until(async () => (await getPurge(sql, purge_id)).error !== undefined);
    const { state, done, error } = await getPurge(sql, purge_id);
    deepEqual([state, done, error], ["running", 1, "The artifact store cannot be reached."]);
    equal((await weir.call("GET", `runs/get?run_id=${free}`)).status, 404);
    const refused = await weir.call("POST", "experiments/restore", { experiment_id: full.experiment_id });
    deepEqual(
      [refused.body.error_code, refused.body.message],
      ["INVALID_PARAMETER_VALUE", `The experiment ${full.experiment_id} is being purged.`],
    );
    equal(
      (await weir.call("POST", "runs/restore", { run_id: full.run_id })).body.message,
      `The run ${full.run_id} is being purged.`,
    );
    broken = false;
    await hurry(sql);
    await until(async () => (await getPurge(sql, purge_id)).ended_time !== undefined);
  }, stores);
  const { state, total, done } = await getPurge(sql, purge_id);
  deepEqual([state, total, done, await stored(weir)], ["done", 4, 4, []]);
});

Deno.test("a purge that a store fails again and again has failed, and what it did not remove can be restored", async () => {
  await using weir = await startWeir();
  const { sql, artifacts } = weir.services;
  const { run_id } = await fill(weir);
  await weir.ok("POST", "runs/delete", { run_id });
  const purge_id = await ask(weir, { run_ids: [run_id] });
  await whileWorking(weir, async () => {
    await until(async () => (await getPurge(sql, purge_id)).error !== undefined);
    await sql`update weir.purge_items set attempts = 20`;
    await hurry(sql);
    await until(async () => (await getPurge(sql, purge_id)).ended_time !== undefined);
  }, refusing(artifacts, () => true));
  const { state, error } = await getPurge(sql, purge_id);
  deepEqual([state, error], ["failed", "The artifact store cannot be reached."]);
  await weir.ok("POST", "runs/restore", { run_id });
  equal((await weir.getRun(run_id)).data.metrics?.length, 2);
});

Deno.test("a server that takes over what another left in the middle ends it, and the counts add up", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id } = await fill(weir);
  for (let i = 0; i < 120; i++) await weir.startRun({ experiment_id });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const purge_id = await ask(weir, { experiment_ids: [experiment_id] });
  equal((await claimPurge(sql))?.purge_id, purge_id);
  equal(await claimPurge(sql), undefined);
  // The other server marked some and removed the files of some before it died.
  await sql`update weir.runs set purge_id = ${purge_id} where run in (select run from weir.runs order by run limit 70)`;
  await weir.services.artifacts.own.remove(`${experiment_id}/models`);
  await hurry(sql);
  const { state, total, done, files, bytes } = await workOff(weir, purge_id);
  deepEqual([state, total, done, files, bytes], ["done", 123, 123, 3, 10]);
  deepEqual(await stored(weir), []);
});

Deno.test("two servers share purges, and each thing is counted once", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id } = await fill(weir);
  for (let i = 0; i < 60; i++) await weir.startRun({ experiment_id });
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const ids = [await ask(weir, { experiment_ids: [experiment_id] }), await ask(weir, { all: true })];
  await whileWorking(weir, async () => {
    await whileWorking(
      weir,
      () => until(async () => (await Promise.all(ids.map((id) => getPurge(sql, id)))).every((one) => one.ended_time)),
    );
  });
  const ended = await Promise.all(ids.map((id) => getPurge(sql, id)));
  deepEqual(ended.map(({ state }) => state), ["done", "done"]);
  equal(ended.reduce((sum, { done }) => sum + done, 0), 63);
});

Deno.test("a cancelled purge ends after what is under way, and the rest can be restored", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const queued = await fill(weir);
  await weir.ok("POST", "experiments/delete", { experiment_id: queued.experiment_id });
  const first = await ask(weir, { all: true });
  equal((await weir.ok("POST", `/api/weir/1/purges/${first}/cancel`, {})).purge.state, "cancelled");

  const second = await ask(weir, { all: true });
  await claimPurge(sql);
  await sql`update weir.experiments set purge_id = ${second} where lifecycle_stage = 'deleted'`;
  const { purge } = await weir.ok("POST", `/api/weir/1/purges/${second}/cancel`, {});
  deepEqual([purge.state, purge.cancelling], ["running", true]);
  await hurry(sql);
  equal((await workOff(weir, second)).state, "cancelled");
  await weir.ok("POST", "experiments/restore", { experiment_id: queued.experiment_id });
  equal((await weir.getRun(queued.run_id)).info.lifecycle_stage, "active");
});

Deno.test("experiment 0 comes back at the next start only, empty and active", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const run_id = await weir.startRun();
  await put(weir, `0/${run_id}/artifacts/a`, "1");
  await weir.ok("POST", "experiments/delete", { experiment_id: "0" });
  const purge_id = await ask(weir, { experiment_ids: ["0"] });
  await claimPurge(sql);
  await createDefaultExperiment(sql, "mlflow-artifacts:", 5);
  equal((await weir.ok("GET", "experiments/get?experiment_id=0")).experiment.lifecycle_stage, "deleted");
  await hurry(sql);
  await workOff(weir, purge_id);
  equal((await weir.call("GET", "experiments/get?experiment_id=0")).status, 404);
  await weir.createExperiment("Default");
  await createDefaultExperiment(sql, "mlflow-artifacts:", 5);
  equal((await weir.call("GET", "experiments/get?experiment_id=0")).status, 404);
  await sql`delete from weir.experiments`;
  await createDefaultExperiment(sql, "mlflow-artifacts:", 5);
  const { experiment } = await weir.ok("GET", "experiments/get?experiment_id=0");
  deepEqual([experiment.lifecycle_stage, experiment.creation_time, await stored(weir)], ["active", 5, []]);
  deepEqual(await weir.ok("POST", "runs/search", { experiment_ids: ["0"], run_view_type: "ALL" }), {});
});

Deno.test("the purge of an experiment takes runs that are active in it, and leaves the files of others beside them", async () => {
  await using weir = await startWeir();
  const location = "mlflow-artifacts:/shared";
  const [going, staying] = [await fill(weir, location), await fill(weir, location)];
  await put(weir, "shared/note.txt", "of nobody");
  await weir.ok("POST", "experiments/delete", { experiment_id: going.experiment_id });
  await weir.ok("POST", "runs/restore", { run_id: going.run_id });
  const { done } = await purge(weir, { experiment_ids: [going.experiment_id] });
  equal(done, 3);
  const left = await stored(weir);
  equal(left.length, 4);
  ok(left.every((path) => path === "shared/note.txt" || Object.values(staying).some((id) => path.includes(id))));
});

Deno.test("points that arrive while their run is purged are not left behind", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const run_id = await weir.startRun();
  await weir.logMetrics(run_id, [point("loss", 1)]);
  const run = await numberOf(weir, run_id);
  await weir.ok("POST", "runs/delete", { run_id });
  await purge(weir, { run_ids: [run_id] });
  await sql`insert into weir.metric_batches (run, keys, bodies) values (${run}, '{1}', '{}')`;
  await sql`insert into weir.latest_metrics (run, key, experiment_id, value, step, timestamp) values (${run}, 1, 0, 1, 1, 1)`;
  await whileWorking(weir, async () => {
    await until(async () => (await tablesWith(sql, "~", { column: "run", value: run })).length === 0);
  });
});

Deno.test("a trace whose name is no folder of its own costs no other its files", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id } = await fill(weir, "mlflow-artifacts:/shared");
  const other = await fill(weir, "mlflow-artifacts:/shared");
  await sql`insert into weir.traces (trace_id, experiment_id, request_time, state) values ('/', ${experiment_id}, 1, 'OK')`;
  await weir.ok("POST", "experiments/delete", { experiment_id });
  const { purge_id, state } = await purge(weir, { experiment_ids: [experiment_id] });
  equal(state, "done");
  match((await purgeItems(sql, purge_id, 1))[0]?.reason ?? "", /were left: the folder is not its own/);
  ok((await stored(weir)).some((path) => path.includes(other.trace_id)));
  await addModel(weir, other.experiment_id, other.run_id);
});
