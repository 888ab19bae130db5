/** What people have logged, through the API. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Weir } from "../weir.ts";

export interface LoggedRun {
  run_name: string;
  params?: Record<string, string>;
  /** A number is one point, a list is a curve with a point per step. */
  metrics?: Record<string, number | number[]>;
  tags?: Record<string, string>;
  /** ms since the epoch. */
  start_time?: number;
  status?: "RUNNING" | "FINISHED" | "FAILED";
}

export interface Place {
  weir: Weir;
  experiment_id: string;
}

/** Logs a run, an hour and a half ago when nobody says, and answers its id. */
export async function logRun({ weir, experiment_id }: Place, run: LoggedRun): Promise<string> {
  const { run_name, params = {}, metrics = {}, tags = {}, status = "FINISHED" } = run;
  const start_time = run.start_time ?? Date.now() - 5_400_000;
  const run_id = await weir.startRun({ experiment_id, run_name, start_time });
  await weir.ok("POST", "runs/log-batch", {
    run_id,
    params: pairs(params),
    tags: pairs(tags),
    metrics: Object.entries(metrics).flatMap(([key, values]) =>
      [values].flat().map((value, step) => ({
        key,
        value: Number.isFinite(value) ? value : String(value), // as MLflow's client writes it
        step,
        timestamp: start_time + 1000 * step,
      }))
    ),
  });
  if (status !== "RUNNING") await endRun(weir, run_id, status, start_time + 60_000);
  return run_id;
}

/** Logs runs one after the other, each started a second after the one before it. */
export async function logRuns(place: Place, runs: readonly LoggedRun[]): Promise<string[]> {
  const first = Date.now() - 5_400_000;
  const ids: string[] = [];
  for (const [i, run] of runs.entries()) ids.push(await logRun(place, { start_time: first + 1000 * i, ...run }));
  return ids;
}

export async function endRun(weir: Weir, run_id: string, status = "FINISHED", end_time = Date.now()): Promise<void> {
  await weir.ok("POST", "runs/update", { run_id, status, end_time });
}

export async function logArtifact(weir: Weir, run_id: string, path: string, body: BodyInit): Promise<void> {
  const { artifact_uri } = (await weir.getRun(run_id)).info;
  const folder = artifact_uri.replace("mlflow-artifacts:/", "");
  const name = path.split("/").map(encodeURIComponent).join("/");
  const url = `/api/2.0/mlflow-artifacts/artifacts/${folder}/${name}`;
  const answer = await weir.app.request(url, { method: "PUT", body });
  assert.equal(answer.status, 200, `${url}: ${await answer.text()}`);
}

const pairs = (values: Record<string, string>) => Object.entries(values).map(([key, value]) => ({ key, value }));

/** A curve that falls from 1 towards `floor`. */
export const falling = (points: number, floor: number): number[] =>
  Array.from({ length: points }, (_, step) => floor + (1 - floor) / (1 + step));

/* ---- What stands on a page ---- */

/** The names in the runs table, from top to bottom. */
export const namesIn = (page: Page): Promise<string[]> => page.locator('#rows th > a[class^="c"]').allInnerTexts();

/** The row of the runs table that names this run, or of the comparison that names this metric or param. */
export const rowOf = (page: Page, name: string) =>
  page.locator("tbody tr").filter({ has: page.getByRole("rowheader").filter({ hasText: name }) });

/** A field of the address, every time it stands there. */
export const inAddress = (page: Page, field: string): string[] => new URL(page.url()).searchParams.getAll(field);
