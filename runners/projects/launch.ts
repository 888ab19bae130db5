import { toSteps } from "../../domain/projects/command.ts";
import { findEntryPoint } from "../../domain/projects/mlproject.ts";
import { type Given, valuesFor } from "../../domain/projects/parameters.ts";
import type { EntryPoint, Values } from "../../domain/projects/project.ts";
import type { Backend, Ending, Execution as Submitted, Report, Task } from "../backends/backend.ts";
import { openBackend } from "../backends/open.ts";
import { type EnvManager, prepareEnvironment } from "./environment.ts";
import { type FetchAsk, type FetchedProject, fetchProject } from "./fetch.ts";
import { localPaths } from "./paths.ts";

/** A project whose files are here, with one of its entry points and values for it. */
export interface OpenedProject extends Given, AsyncDisposable {
  fetched: FetchedProject;
  /** Undefined for a job of Spark on Databricks, which has none. */
  entry: EntryPoint | undefined;
}

/** Fetches a project and checks what is asked of it, before there is a run. INVALID_PARAMETER_VALUE for what cannot be. */
export async function openProject(
  ask: FetchAsk & { entry_point: string; parameters: Values },
): Promise<OpenedProject> {
  await using stack = new AsyncDisposableStack();
  const fetched = stack.use(await fetchProject(ask));
  const { project } = fetched;
  for (const key of project.ignored) ask.say(`'${key}' means nothing in an MLproject file`);
  const entry = project.databricks_spark_job?.python_file === undefined
    ? findEntryPoint(project, ask.entry_point)
    : undefined;
  const given = entry ? valuesFor(entry, ask.parameters) : { declared: [], extra: ask.parameters };
  if (entry) toSteps(entry.command, { parameters: given.declared, extra: given.extra, variables: ask.env });
  const kept = stack.move();
  return { fetched, entry, ...given, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

export interface Execution {
  opened: OpenedProject;
  entry_point: string;
  backend: Backend;
  env_manager: EnvManager | undefined;
  run_id: string;
  experiment_id: string;
  /** Of the run, for containers that write to its store themselves. */
  artifact_uri?: string;
  /** Where environments are kept. */
  cache: string;
  /** Where files go that parameters of type `path` name by a URI; undefined: a folder that is removed afterwards. */
  storage_dir: string | undefined;
  /** Where relative paths begin. */
  cwd: string;
  /** Address of the server. */
  tracking_uri: string;
  variables: Task["variables"];
  environment: Task["environment"];
  config: Task["config"];
  docker_args: Values;
  build_image: boolean;
}

/**
 * Executes a run to its end: makes the environment, hands it to the backend and follows it. An aborted signal cancels it. Throws what is
 * wrong with the project or the configuration; the caller ends the run.
 */
export async function execute(asked: Execution, report: Report, signal: AbortSignal): Promise<Ending> {
  await using stack = new AsyncDisposableStack();
  const task = await prepare(asked, report, signal, stack);
  if (signal.aborted) return cancelled;
  return await follow(await (await executor(asked)).submit(task, report, signal), report, signal);
}

/** Watches an execution to its end. An aborted signal cancels it. */
export async function follow(execution: Submitted, report: Report, signal: AbortSignal): Promise<Ending> {
  const cancel = () => void execution.cancel().catch((error) => report.say(`Cancelling: ${error.message}`));
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    await report.begun?.(execution);
    return await execution.watch(report);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** A project that brings an image runs in it, here as well. */
async function executor({ backend, opened }: Execution): Promise<Backend> {
  const inImage = opened.fetched.project.environment.kind === "docker_env";
  return backend.name === "local" && inImage ? await openBackend("docker") : backend;
}

const cancelled: Ending = { status: "KILLED", reason: "It was cancelled." };

async function prepare(
  asked: Execution,
  report: Report,
  signal: AbortSignal,
  stack: AsyncDisposableStack,
): Promise<Task> {
  const { opened, backend } = asked;
  const { project, folder } = opened.fetched;
  const here = (backend.name === "local" && project.environment.kind !== "docker_env") || backend.name === "spark";
  let environment = asked.environment;
  if (here) {
    const prepared = await prepareEnvironment({
      say: report.say,
      write: (_, bytes) => report.write("stderr", bytes), // what the programs print stays by itself
      project,
      folder,
      manager: asked.env_manager,
      variables: asked.environment,
      cache: asked.cache,
      signal,
    });
    environment = prepared.variables;
    if (prepared.manager !== "local") await report.tag({ "mlflow.project.env": prepared.manager });
  }
  const declared = here && opened.entry
    ? await localPaths(opened.entry, opened.declared, { ...asked, ...report, signal, stack })
    : opened.declared;
  const steps = opened.entry
    ? toSteps(opened.entry.command, {
      parameters: declared,
      extra: opened.extra,
      variables: { ...environment, ...asked.variables },
    })
    : [];
  return { ...asked, project, folder, steps, environment, parameters: [...declared, ...opened.extra] };
}
