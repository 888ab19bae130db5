import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { answerLook, askLook } from "../../db/project_looks.ts";
import type { ProjectLook } from "../../domain/projects/look.ts";
import { newWorker } from "../jobs.ts";
import { falling, logArtifact, logRuns, type Place } from "./fill.ts";

/** Pages with something of everything on them: states, best values, better and worse, tags, files, errors. */
export async function everything(place: Place): Promise<string[]> {
  const { weir, experiment_id } = place;
  const runs = await logRuns(
    place,
    (["FINISHED", "FAILED", "RUNNING"] as const).map((status, i) => ({
      run_name: `run ${i}`,
      status,
      params: { lr: `0.${i + 1}`, model: "vit", seed: "7" },
      metrics: { loss: falling(9, i / 4), acc: [0.5, i / 4], broken: i === 1 ? NaN : 1 },
      tags: { team: "vision", "mlflow.user": "mara", "mlflow.note.content": "What it is about" },
    })),
  );
  const [first = ""] = runs;
  await logArtifact(weir, first, "table.csv", "name,value\na,1\nb,2\n");
  await weir.ok("POST", "experiments/set-experiment-tag", { experiment_id, key: "team", value: "vision" });
  const model = `model of ${experiment_id}`;
  await register(place, model, first);
  await weir.app.request("/api/weir/1/runs/logs", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ run_id: runs[2], text: "epoch 1\n\u001b[31mloss\u001b[0m 0.5\n" }),
  });
  const { job } = await weir.ok("POST", "/api/weir/1/jobs", {
    uri: "https://git.example.com/project",
    parameters: [{ key: "alpha", value: "0.5" }],
    labels: ["gpu"],
  });
  const list = `/experiments/${experiment_id}`;
  return [
    `/experiments?edit=${experiment_id}`,
    list,
    `${list}?runs=${first}&filter=${encodeURIComponent("metrics.loss < 5 and params.model = 'vit'")}`,
    `${list}?filter=metrics.loss+%3D%3D+1`,
    `${list}?group=params.lr`,
    `${list}/charts`,
    `${list}/charts?group=params.model`,
    `${list}/evaluation`,
    `${list}/models`,
    `${list}/datasets`,
    `${list}/runs/tag?runs=${first}`,
    `${list}/runs/copy?runs=${first}`,
    `/runs/${first}?path=table.csv`,
    `/runs/${runs[1]}?tab=charts`,
    `/runs/${runs[2]}?tab=log`,
    `/compare?runs=${runs.join(",")}&only=all`,
    `/compare?runs=${runs.join(",")},gone&transpose=1`,
    `/compare?runs=${runs.join(",")}&plot=parallel&plot=importance&plot=scatter&plot=bar&plot=box&plot=contour`,
    "/runs/gone",
    "/models",
    `/models/${encodeURIComponent(model)}`,
    `/models/${encodeURIComponent(model)}/versions/1`,
    `/models/${encodeURIComponent(model)}/compare?versions=1,2`,
    "/projects",
    "/projects/new",
    `/projects/new?job=${job.job_id}`,
    ...await looksOf(weir),
    `/projects/jobs/${job.job_id}`,
    await sweepOf(weir),
    ...await scheduleOf(weir),
    "/bin",
    "/jump?q=run",
    "/settings",
    "/docs/api",
  ];
}

/** A model with two versions, of which one is in production and the other wants to be. */
async function register({ weir }: Place, name: string, run_id: string): Promise<void> {
  await weir.ok("POST", "registered-models/create", { name, description: "# What\n\n**it** is" });
  const source = (await weir.getRun(run_id)).info.artifact_uri;
  for (let i = 0; i < 2; i++) await weir.ok("POST", "model-versions/create", { name, source, run_id });
  await weir.ok("POST", "registered-models/alias", { name, alias: "champion", version: "1" });
  await weir.ok("POST", "model-versions/transition-stage", {
    name,
    version: "1",
    stage: "Production",
    archive_existing_versions: false,
  });
  const asked = await weir.app.request("/api/weir/1/transition-requests", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, version: "2", stage: "Production", comment: "Better" }),
  });
  assert.equal(asked.status, 200, await asked.text());
}

export async function openMenus(page: Page): Promise<void> {
  await page.locator("details.menu").evaluateAll((menus) => menus.forEach((menu) => menu.setAttribute("open", "")));
}

/** The pages of a schedule that has asked for a job. */
async function scheduleOf(weir: Place["weir"]): Promise<string[]> {
  const { schedule } = await weir.ok("POST", "/api/weir/1/schedules", {
    ...{
      uri: "https://git.example.com/project",
      name: "nightly",
      cron: "30 9 * * mon-fri",
      time_zone: "Europe/Berlin",
    },
    parameters: [{ key: "alpha", value: "0.5" }],
  });
  const page = `/projects/schedules/${schedule.schedule_id}`;
  await weir.ok("POST", `/api/weir/1/schedules/${schedule.schedule_id}/run`, {});
  return [page, `${page}?confirm=delete`, `${page}/edit`, "/projects/schedules/times?cron=0+3+*+*+*"];
}

/** The page of a sweep whose trials have logged something. */
async function sweepOf(weir: Place["weir"]): Promise<string> {
  const { sweep } = await weir.ok("POST", "/api/weir/1/sweeps", {
    uri: "/p",
    method: "bayesian",
    metric: "loss",
    parallel: 3,
    early_stopping: {},
    labels: ["nobody"],
    space: [{ key: "lr", min: 0.001, max: 1, log: true }, { key: "kind", values: ["a", "b"] }],
  });
  const { trials } = await weir.ok("GET", `/api/weir/1/sweeps/${sweep.sweep_id}`);
  for (const [index, { run_id }] of trials.entries()) {
    await weir.logMetrics(run_id, [{ key: "loss", value: 3 - index, timestamp: 1, step: 0 }]);
  }
  return `/projects/sweeps/${sweep.sweep_id}`;
}

/** The form that runs a project: before it was read, made from what was read, and where it could not be. */
async function looksOf({ services: { sql } }: Place["weir"]): Promise<string[]> {
  const worker_id = await newWorker(sql);
  const parameters = [{ key: "alpha", type: "float", default: "0.4" }, { key: "data", type: "path" }];
  const found: ProjectLook = {
    environment: "none",
    entry_points: [{ name: "main", command: "python train.py", parameters }],
    scripts: ["train.py"],
  };
  const looks = [{ found }, { reason: "There is no such folder." }].map(async (said, index) => {
    const { look_id } = await askLook(sql, { uri: `/srv/${index}`, version: "", again: true });
    await sql`update weir.project_looks set owner = ${worker_id} where look_id = ${look_id}`;
    await answerLook(sql, { worker_id, look_id }, said);
    return look_id;
  });
  const { look_id } = await askLook(sql, { uri: "/srv/wait", version: "", again: true });
  return [...await Promise.all(looks), look_id].map((look) => `/projects/new?look=${look}`);
}
