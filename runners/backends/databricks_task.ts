import { basename } from "node:path";
import { invalid } from "../../domain/errors.ts";
import type { Task } from "./backend.ts";
import { shellWord } from "./container.ts";
import { tarRoot } from "./databricks_files.ts";

/** Where a cluster's driver keeps what it unpacks, as MLflow's does. */
const base = "/databricks/mlflow";
/** Of the client that the cluster installs: the one whose protocol Weir speaks. */
const client = "mlflow==3.17.2";

/** What of `jobs/runs/submit` depends on the project. `tar` is the path of its files on DBFS. */
export interface SubmittedTask {
  libraries: unknown[];
  task: Readonly<Record<string, unknown>>;
}

/** A project with entry points: `mlflow run` starts it on the cluster, in the run that is there. */
export function shellTask(task: Task, tar: string, libraries: readonly unknown[]): SubmittedTask {
  const folder = `${base}/projects/${basename(tar, ".tar.gz")}`;
  const run = [
    ...["mlflow", "run", folder, "--entry-point", task.entry_point],
    ...["-c", JSON.stringify({ _mlflow_local_backend_run_id: task.run_id })],
    ...task.parameters.flatMap(([name, value]) => ["-P", `${name}=${value}`]),
  ];
  const lines = [
    "set -e",
    "export PATH=$PATH:$DB_HOME/python/bin",
    ...unpacking(tar, folder),
    run.map(shellWord).join(" "),
  ];
  const named = JSON.stringify(libraries).includes("mlflow");
  return {
    libraries: named ? [...libraries] : [...libraries, { pypi: { package: client } }],
    task: { shell_command_task: { command: ["bash", "-c", lines.join("\n")], env_vars: task.variables } },
  };
}

/** Into a folder of its own first: who comes second finds all of it or nothing. */
const unpacking = (tar: string, folder: string): string[] => [
  `if [ ! -d ${shellWord(folder)} ]; then`,
  `  mkdir -p ${shellWord(`${base}/projects`)}`,
  `  work=$(mktemp -d ${shellWord(`${base}/projects/.XXXXXXXX`)})`,
  `  tar --no-same-owner -xzf ${shellWord(`/dbfs${tar}`)} -C "$work"`,
  `  mv -T "$work/${tarRoot}" ${shellWord(folder)} 2>/dev/null || [ -d ${shellWord(folder)} ]`,
  "fi",
];

/** What a `databricks_spark_job` starts: a file of Python with its parameters. */
export interface SparkFile {
  file: string;
  parameters: readonly string[];
}

/** INVALID_PARAMETER_VALUE for an entry point that is not `python file.py`. */
export function sparkFile({ project, steps }: Task): SparkFile {
  const job = project.databricks_spark_job;
  if (job?.python_file !== undefined) return { file: job.python_file, parameters: job.parameters };
  const [step, ...more] = steps;
  const [program, file, ...parameters] = step?.argv ?? [];
  if (program !== "python" || file === undefined || file.startsWith("-") || more.length > 0) {
    throw invalid("Databricks spark job only supports 'python' command in the entry point configuration.");
  }
  return { file, parameters };
}

/** The program that the cluster starts in its place: it unpacks the project, and runs the file there. */
export function sparkProgram({ variables }: Task, { file }: SparkFile, tar: string): string {
  const folder = `${base}/projects/${basename(tar, ".tar.gz")}`;
  // A text of JSON is one of Python too.
  const python = (value: unknown) => JSON.stringify(JSON.stringify(value).toWellFormed());
  return [
    "import json, os, runpy, subprocess, sys",
    `os.environ.update(json.loads(${python(variables)}))`,
    `subprocess.check_call(json.loads(${python(["bash", "-c", ["set -e", ...unpacking(tar, folder)].join("\n")])}))`,
    `os.chdir(json.loads(${python(folder)}))`,
    `sys.argv[0] = json.loads(${python(file)})`,
    "sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))",
    'runpy.run_path(sys.argv[0], run_name="__main__")',
    "",
  ].join("\n");
}
