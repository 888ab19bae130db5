// deno-lint-ignore-file no-console -- it talks to people
import { Command } from "commander";
import { join } from "node:path";
import { type WeirClient, weirClient } from "../client/weir.ts";
import { ApiError } from "../domain/errors.ts";
import { projectTags } from "../domain/projects/tags.ts";
import type { Backend, Ending } from "../runners/backends/backend.ts";
import { openBackend } from "../runners/backends/open.ts";
import { execute, type Execution, type OpenedProject, openProject } from "../runners/projects/launch.ts";
import { listenForStop } from "../runners/stop_signals.ts";
import { backendConfig } from "./backend_config.ts";
import { askedJob, type AskOptions, userName, withProjectOptions } from "./project_options.ts";
import { openRunLog } from "./run_log.ts";
import { reached, Refused } from "./server.ts";
import { runAgain } from "./run_apart.ts";
import { runQueued } from "./run_queued.ts";

interface Options extends AskOptions {
  storageDir?: string;
  runId?: string;
  wait: boolean;
  queue?: boolean;
}

/** Exits with the entry point's exit code, 1 where the run could not be started, 130 after Ctrl-C. */
export const run = withProjectOptions(new Command("run"))
  .description("Runs an MLflow project, here or on another system, as a tracked run.")
  .option("--storage-dir <folder>", "where files go that parameters of type path name by a URI")
  .option("--run-id <id>", "go on with this run instead of a new one")
  .option("--queue", "have a worker of the server run it, not this machine")
  .option("--no-wait", "return once the run is there")
  .action(async (uri: string, options: Options) => Deno.exit(await runProject(uri, options)));

const say = (line: string): void => console.error(`weir: ${line}`);

async function runProject(uri: string, options: Options): Promise<number> {
  const { stop } = listenForStop();
  const environment = Deno.env.toObject();
  // A task runs in the folder of its deno.json: this is where it was typed.
  const cwd = environment.INIT_CWD ?? Deno.cwd();
  try {
    if (options.queue) return await runQueued(await askedJob(uri, options, cwd), options);
    const backend = await openBackend(options.backend);
    const config = await backendConfig(options.backendConfig, cwd);
    await using opened = await openProject({
      uri,
      version: options.version,
      entry_point: options.entryPoint,
      parameters: options.param,
      cwd,
      tracking: { url: options.trackingUri, token: environment.MLFLOW_TRACKING_TOKEN },
      env: environment,
      signal: stop,
      say,
    });
    const client = weirClient(options.trackingUri);
    const made = await reached(options.trackingUri, () => makeRun(client, opened, options, backend));
    say(`Run ${made.run_name} (${made.run_id}): ${options.trackingUri.replace(/\/+$/, "")}/runs/${made.run_id}`);
    if (!options.wait) {
      runAgain(made.run_id);
      console.log(made.run_id);
      return 0;
    }
    return await follow(client, { opened, backend, config, cwd, environment, ...made }, options, stop);
  } catch (error) {
    if (error instanceof ApiError) throw new Refused(error.message);
    throw error;
  }
}

type Followed =
  & Pick<Execution, "opened" | "backend" | "config" | "cwd" | "environment">
  & Awaited<ReturnType<typeof makeRun>>;

/** Executes the run, and ends it, whatever happens. */
async function follow(client: WeirClient, run: Followed, options: Options, stop: AbortSignal): Promise<number> {
  const { run_id, experiment_id } = run;
  const log = openRunLog(options.trackingUri, run_id, say);
  const report = {
    say: (line: string) => {
      say(line);
      log.write("stderr", new TextEncoder().encode(`weir: ${line}\n`));
    },
    write: async (stream: "stdout" | "stderr", bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += await Deno[stream].write(bytes.subarray(at));
      await log.write(stream, bytes);
    },
    tag: (tags: Readonly<Record<string, string>>) => setTags(client, run_id, tags),
  };
  const variables = {
    MLFLOW_RUN_ID: run_id,
    MLFLOW_TRACKING_URI: options.trackingUri,
    MLFLOW_EXPERIMENT_ID: experiment_id,
  };
  const ending = await execute(
    {
      ...run,
      variables,
      entry_point: options.entryPoint,
      env_manager: options.envManager,
      cache: cacheFolder(run.environment),
      storage_dir: options.storageDir,
      tracking_uri: options.trackingUri,
      docker_args: options.dockerArgs,
      build_image: options.buildImage ?? false,
    },
    report,
    stop,
  ).catch((error): Ending => ({
    status: stop.aborted ? "KILLED" : "FAILED",
    reason: error instanceof Error ? error.message : String(error),
  }));
  report.say(`Run ${run_id} ${words[ending.status]}${ending.reason ? `: ${ending.reason}` : ""}`);
  await log.end();
  await client("POST runs/update", { run_id, status: ending.status, end_time: Date.now() });
  if (ending.status === "KILLED") return 130;
  return ending.status === "FINISHED" ? 0 : ending.exit_code || 1;
}

const words = { FINISHED: "succeeded", FAILED: "failed", KILLED: "was cancelled" };

/** The run, with its tags and parameters, before anything is executed. */
async function makeRun(client: WeirClient, opened: OpenedProject, options: Options, backend: Backend) {
  const user = await userName();
  const tags = projectTags({ ...opened.fetched, entry_point: options.entryPoint, backend: backend.name, user });
  const info = options.runId === undefined
    ? await newRun(client, options, tags, user)
    : await takeUp(client, options.runId, tags);
  const params = [...opened.declared, ...opened.extra].map(([key, value]) => ({ key, value }));
  if (params.length > 0) {
    await client("POST runs/log-batch", { run_id: info.run_id, params }).catch(async (error) => {
      await client("POST runs/update", { run_id: info.run_id, status: "FAILED", end_time: Date.now() });
      throw error;
    });
  }
  return info;
}

async function newRun(client: WeirClient, options: Options, tags: Record<string, string>, user: string) {
  const { run } = await client("POST runs/create", {
    experiment_id: await experimentOf(client, options),
    user_id: user,
    start_time: Date.now(),
    ...(options.runName && { run_name: options.runName }),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return named(run.info);
}

async function takeUp(client: WeirClient, run_id: string, tags: Record<string, string>) {
  await client("POST runs/update", { run_id, status: "RUNNING" });
  await setTags(client, run_id, tags);
  return named((await client("GET runs/get", { run_id })).run.info);
}

const named = ({ run_id, run_name, experiment_id, artifact_uri }: RunFacts) => ({
  run_id,
  run_name,
  experiment_id,
  ...(artifact_uri !== undefined && { artifact_uri }),
});

interface RunFacts {
  run_id: string;
  run_name: string;
  experiment_id: string;
  artifact_uri?: string;
}

async function setTags(client: WeirClient, run_id: string, tags: Readonly<Record<string, string>>): Promise<void> {
  await client("POST runs/log-batch", { run_id, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) });
}

async function experimentOf(client: WeirClient, { experimentId, experimentName }: Options): Promise<string> {
  if (experimentId !== undefined) return experimentId;
  const name = experimentName ?? Deno.env.get("MLFLOW_EXPERIMENT_NAME");
  if (name === undefined) return Deno.env.get("MLFLOW_EXPERIMENT_ID") ?? "0";
  const { experiments } = await client("POST experiments/search", {
    max_results: 1,
    filter: `name = '${name.replaceAll("'", "''")}'`,
  });
  const [known] = experiments ?? [];
  if (known) return known.experiment_id;
  say(`'${name}' does not exist. Creating a new experiment`);
  return (await client("POST experiments/create", { name })).experiment_id;
}

function cacheFolder({ WEIR_CACHE_DIR, XDG_CACHE_HOME, HOME, LOCALAPPDATA }: Record<string, string>): string {
  return join(WEIR_CACHE_DIR ?? join(XDG_CACHE_HOME ?? LOCALAPPDATA ?? join(HOME ?? "/tmp", ".cache"), "weir"), "envs");
}
