import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import type { Backend, Ending, Execution, Report, Task } from "./backend.ts";
import { anything, count, readConfig, word } from "./backend_config.ts";
import { checkReachable } from "./container.ts";
import { DatabricksError, isAbsent, openWorkspace, type Workspace } from "./databricks_api.ts";
import { folderOf, upload, uploadProject } from "./databricks_files.ts";
import { shellTask, sparkFile, sparkProgram, type SubmittedTask } from "./databricks_task.ts";
import { lost, untilEnded } from "./polling.ts";

/** As MLflow has it; a cluster that runs already is Weir's own addition. Without these keys, all of it describes a new cluster. */
const config = {
  new_cluster: anything.optional(),
  existing_cluster_id: word.optional(),
  libraries: z.array(anything, { error: "must be a list of objects" }).optional(),
  timeout_seconds: count(0).optional(),
};

export interface DatabricksOptions {
  /** Milliseconds between two looks at a run. */
  interval?: number;
}

/** Runs projects as runs of Databricks' Jobs. */
export const openDatabricks = ({ interval = 10_000 }: DatabricksOptions = {}): Backend => ({
  name: "databricks",
  submit: (task, report, signal) => submit(task, report, interval, signal),
  resume: async (reference, { environment }) => {
    const known = z.object({ job_run_id: z.number() }).safeParse(reference);
    if (!known.success) throw invalid("The reference to a run of Databricks must name its job_run_id.");
    return execution(await openWorkspace(environment), known.data.job_run_id, interval);
  },
});

async function submit(task: Task, report: Report, interval: number, signal?: AbortSignal): Promise<Execution> {
  const cluster = readCluster(task.config);
  checkReachable(task.variables, "a cluster of Databricks");
  const workspace = await openWorkspace(task.environment);
  const spark = task.project.databricks_spark_job && sparkFile(task);
  const run = await told(async () => {
    const tar = await uploadProject(workspace, task, report.say);
    const { libraries, task: what } = spark
      ? await sparkTask(workspace, task, tar)
      : shellTask(task, tar, cluster.libraries);
    signal?.throwIfAborted();
    return await workspace.call("POST", "2.0/jobs/runs/submit", {
      run_name: `MLflow Run for ${task.project.name ?? task.run_id}`,
      ...cluster.where,
      ...what,
      libraries,
    });
  });
  const { run_id } = z.object({ run_id: z.number() }).parse(run);
  report.say(`Databricks runs it as ${run_id}`);
  await tell(workspace, run_id, report);
  return execution(workspace, run_id, interval);
}

/** What Databricks refuses is the configuration's fault. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DatabricksError ? invalid(error.message) : error;
  }
}

function readCluster(given: Task["config"]): { where: Record<string, unknown>; libraries: readonly unknown[] } {
  if (Object.keys(given).some((key) => key in config) || !("spark_version" in given)) {
    const { libraries = [], ...where } = readConfig("databricks", config, given);
    if ((where.new_cluster === undefined) === (where.existing_cluster_id === undefined)) {
      throw invalid(
        "The configuration of the backend 'databricks' is wrong: it needs new_cluster, or else existing_cluster_id.",
      );
    }
    return { where, libraries };
  }
  return { where: { new_cluster: given }, libraries: [] };
}

async function sparkTask(workspace: Workspace, task: Task, tar: string): Promise<SubmittedTask> {
  const spark = sparkFile(task);
  const path = `${folderOf(task.experiment_id)}/${task.run_id}.py`;
  await upload(workspace, path, new Blob([sparkProgram(task, spark, tar)]).stream());
  const packages = task.project.databricks_spark_job?.python_libraries ?? [];
  return {
    libraries: packages.map((name) => ({ pypi: { package: name } })),
    task: { spark_python_task: { python_file: `dbfs:${path}`, parameters: spark.parameters } },
  };
}

const Run = z.object({
  run_page_url: z.string().optional(),
  job_id: z.number().optional(),
  state: z.object({
    life_cycle_state: z.string().optional(),
    result_state: z.string().optional(),
    state_message: z.string().optional(),
  }).default({}),
});

/** Where people find it. It runs without as well. */
async function tell(workspace: Workspace, run_id: number, report: Report): Promise<void> {
  const answer = await workspace.call("GET", "2.0/jobs/runs/get", { run_id }).catch(() => undefined);
  const { run_page_url, job_id } = Run.safeParse(answer).data ?? {};
  await report.tag({
    "mlflow.databricks.shellJobRunID": String(run_id),
    "mlflow.databricks.webappURL": workspace.host,
    ...(run_page_url !== undefined && { "mlflow.databricks.runURL": run_page_url }),
    ...(job_id !== undefined && { "mlflow.databricks.shellJobID": String(job_id) }),
  });
}

function execution(workspace: Workspace, run_id: number, interval: number): Execution {
  const what = `The run ${run_id} of Databricks`;
  const cancelled = new AbortController();
  return {
    reference: { job_run_id: run_id },
    watch: async (report) => {
      const ending = await untilEnded({
        what,
        say: report.say,
        interval,
        hurry: cancelled.signal,
        look: async () => {
          try {
            return endingOf(Run.parse(await workspace.call("GET", "2.0/jobs/runs/get", { run_id })));
          } catch (error) {
            if (isGone(error)) return lost(what, error instanceof Error ? error.message : "");
            throw error;
          }
        },
      });
      await printOutput(workspace, run_id, report);
      return ending;
    },
    cancel: async () => {
      if (cancelled.signal.aborted) return;
      await workspace.call("POST", "2.0/jobs/runs/cancel", { run_id }).catch((error) => {
        if (!isGone(error)) throw error;
      });
      cancelled.abort();
    },
  };
}

/** Databricks calls an unknown run a wrong parameter. */
const isGone = (error: unknown): boolean =>
  isAbsent(error) ||
  error instanceof DatabricksError && error.code === "INVALID_PARAMETER_VALUE" && /does not exist/.test(error.message);

/** Undefined while it goes on. */
function endingOf({ state }: z.output<typeof Run>): Ending | undefined {
  const { life_cycle_state: life = "", result_state: result, state_message: message } = state;
  if (result === undefined && !["TERMINATED", "SKIPPED", "INTERNAL_ERROR"].includes(life)) return undefined;
  if (result === "SUCCESS") return { status: "FINISHED" };
  const reason = `Databricks ended the run as ${result ?? life}${message ? `: ${message}` : "."}`;
  return { status: result === "CANCELED" ? "KILLED" : "FAILED", reason };
}

/** What Databricks gives of a log is there at the end alone, and for some kinds of tasks. */
async function printOutput(workspace: Workspace, run_id: number, report: Report): Promise<void> {
  const answer = await workspace.call("GET", "2.0/jobs/runs/get-output", { run_id }).catch(() => undefined);
  const Output = z.object({
    logs: z.string().default(""),
    error: z.string().default(""),
    error_trace: z.string().default(""),
  });
  const { logs = "", error = "", error_trace = "" } = Output.safeParse(answer).data ?? {};
  const encoder = new TextEncoder();
  if (logs) await report.write("stdout", encoder.encode(logs));
  const errors = [error, error_trace].filter(Boolean).map((text) => `${text.trimEnd()}\n`).join("");
  if (errors) await report.write("stderr", encoder.encode(errors));
}
