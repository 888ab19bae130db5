import { deepEqual, equal, ok } from "node:assert/strict";
import { createAutomaticPurge } from "../../db/purge_automatic.ts";
import { purgeItems } from "../../db/purges.ts";
import { day } from "../../domain/purges.ts";
import { fill, purge, stored, workOff } from "../purging.ts";
import { startWeir, type Weir } from "../weir.ts";

/** Registers a version that needs files. */
async function register(weir: Weir, source: string, lineage: object): Promise<void> {
  await weir.call("POST", "registered-models/create", { name: "net" });
  await weir.ok("POST", "model-versions/create", { name: "net", source, ...lineage });
}

Deno.test("what a version of a registered model needs is kept, with its experiment, unless it is forced", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { experiment_id, run_id, model_id } = await fill(weir);
  const spelled = await weir.startRun({ experiment_id });
  const named = await weir.startRun({ experiment_id });
  const free = await weir.startRun({ experiment_id });
  await register(weir, `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts/a`, { run_id });
  await register(weir, `mlflow-artifacts:///${experiment_id}//${spelled}/artifacts`, { run_id: spelled });
  await register(weir, `runs:/${named}/model`, { run_id: named });
  await register(weir, `models:/${model_id}`, { model_id });
  // Made by the run, but its files are the model's.
  await register(weir, "models:/net/4", {});
  await weir.ok("POST", "experiments/delete", { experiment_id });
  await weir.ok("DELETE", `logged-models/${model_id}`);
  const request = { experiment_ids: [experiment_id] };
  const { plan } = await weir.ok("POST", "/api/weir/1/purges", { ...request, dry_run: true });
  deepEqual([plan.experiments, plan.runs, plan.logged_models, plan.kept, plan.bytes], [0, 1, 0, 5, 0]);

  const kept = await purge(weir, request);
  deepEqual([kept.state, kept.total, kept.done, kept.kept, kept.bytes], ["done", 6, 1, 5, 0]);
  const items = await purgeItems(sql, kept.purge_id, 100);
  deepEqual(
    new Map(items.map(({ id, reason }) => [id, reason])),
    new Map([
      [experiment_id, "It holds what is kept: 4 runs or logged models."],
      [model_id, "Version 4 of the registered model net needs its files."],
      [run_id, "Version 1 of the registered model net needs its files."],
      [spelled, "Version 2 of the registered model net needs its files."],
      [named, "Version 3 of the registered model net needs its files."],
    ]),
  );
  deepEqual(new Set(plan.items.map(({ id }: { id: string }) => id)), new Set(items.map(({ id }) => id)));
  equal((await weir.call("GET", `runs/get?run_id=${free}`)).status, 404);
  equal((await stored(weir)).length, 3);
  await weir.ok("POST", "experiments/restore", { experiment_id });
  await weir.ok("POST", "experiments/delete", { experiment_id });

  const forced = await purge(weir, { ...request, force: true });
  deepEqual([forced.done, forced.kept], [5, 0]);
  deepEqual(await stored(weir), []);
});

Deno.test("a version in a bucket keeps the run that its source lies in, named or not", async () => {
  await using weir = await startWeir();
  const experiment_id = (await weir.ok("POST", "experiments/create", {
    name: "bucket",
    artifact_location: "s3://bucket/place",
  })).experiment_id;
  const [held, free] = [await weir.startRun({ experiment_id }), await weir.startRun({ experiment_id })];
  await register(weir, `s3://bucket/place/${held}/artifacts/model`, {});
  for (const run_id of [held, free]) await weir.ok("POST", "runs/delete", { run_id });
  const { plan } = await weir.ok("POST", "/api/weir/1/purges", { all: true, dry_run: true });
  deepEqual([plan.runs, plan.items.map(({ id }: { id: string }) => id)], [1, [held]]);
});

Deno.test("the retention of the bin asks for one purge of what is over it, and not at once again for what is kept", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const [old, young, held] = [await weir.startRun(), await weir.startRun(), await weir.startRun()];
  await register(weir, `runs:/${held}/model`, { run_id: held });
  for (const run_id of [old, young, held]) await weir.ok("POST", "runs/delete", { run_id });
  const now = Date.now();
  await sql`update weir.runs set deleted_time = ${now - 8 * day} where run_id <> ${young}`;
  equal(await createAutomaticPurge(sql, now, 9), undefined);
  const asked = await createAutomaticPurge(sql, now, 7);
  equal(await createAutomaticPurge(sql, now, 7), undefined);
  ok(asked?.automatic);
  const { done, kept } = await workOff(weir, asked.purge_id);
  deepEqual([done, kept], [1, 1]);
  equal(await createAutomaticPurge(sql, now, 7), undefined);
  await sql`update weir.purges set created_time = created_time - ${2 * day}`;
  ok(await createAutomaticPurge(sql, now, 7));
  equal((await weir.getRun(young)).info.lifecycle_stage, "deleted");
});
