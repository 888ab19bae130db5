/** Workers as processes, as `deno task worker` starts them, and projects for them. */
import { join } from "node:path";
import type { Job } from "../domain/jobs.ts";
import { watchChild, type WatchedChild } from "./child.ts";
import type { Client } from "./client.ts";
import { until } from "./postgres.ts";

export const workerToken = "a".repeat(40);

export interface WorkerProcess extends WatchedChild, AsyncDisposable {}

/** Starts one; `args` are those of the task. Its environment is that of the tests, without what configures it. */
export async function startWorker(
  url: string,
  { dataDir, args = [], token = workerToken }: { dataDir: string; args?: string[]; token?: string },
): Promise<WorkerProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...await workerArguments(), "--tracking-uri", url, "--data-dir", dataDir, ...args],
    cwd: new URL("../", import.meta.url),
    env: { WEIR_WORKER_TOKEN: token, NO_COLOR: "1", SECRET_OF_THE_WORKER: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    detached: true,
  }).spawn();
  const watched = watchChild(child, [child.stderr]);
  await until(() => watched.hasEnded() || watched.output().includes("works for"));
  return { ...watched, [Symbol.asyncDispose]: async () => void await watched.end("SIGKILL") };
}

/** What follows `deno` in the task. */
async function workerArguments(): Promise<string[]> {
  const config: { tasks: { worker: { command: string } } } = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );
  return config.tasks.worker.command.split(" ").slice(1).map((part) => part.replaceAll('"', "").replace("$PWD/", ""));
}

/** A project whose entry points are these commands. */
export async function makeProject(folder: string, commands: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, "project");
  await Deno.mkdir(path, { recursive: true });
  const entry_points = Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, { command }]));
  await Deno.writeTextFile(join(path, "MLproject"), JSON.stringify({ name: "p", entry_points })); // JSON is YAML, too
  return path;
}

export const submitTo = async (client: Client, fields: object): Promise<Job> =>
  (await client.ok("POST", "/api/weir/1/jobs", fields)).job;

export const jobOn = async (client: Client, job_id: string): Promise<Job> =>
  (await client.ok("GET", `/api/weir/1/jobs/${job_id}`)).job;

/** Waits until a job is in one of these states. */
export async function inState(client: Client, job_id: string, ...states: Job["state"][]): Promise<Job> {
  await until(async () => states.includes((await jobOn(client, job_id)).state));
  return await jobOn(client, job_id);
}

/** The lines that a run has printed. */
export async function printed(client: Client, run_id: string): Promise<string[]> {
  const { lines } = await client.ok("GET", `/api/weir/1/runs/logs?run_id=${run_id}`);
  return lines.map(({ text }: { text: string }) => text);
}
