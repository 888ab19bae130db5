import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import type { Step } from "../../domain/projects/command.ts";
import { findProgram, runProcess } from "../projects/process.ts";
import type { Backend, Ending, Execution, Report, Task } from "./backend.ts";
import { readConfig, settings, word, words } from "./backend_config.ts";

/** Keys are those of `spark-submit`; lists and settings as JSON has them. */
const config = {
  master: word.optional(),
  "deploy-mode": z.literal(["client", "cluster"], { error: "must be client or cluster" }).optional(),
  name: word.optional(),
  class: word.optional(),
  packages: words.optional(),
  "exclude-packages": words.optional(),
  repositories: words.optional(),
  jars: words.optional(),
  files: words.optional(),
  archives: words.optional(),
  "py-files": words.optional(),
  "driver-memory": word.optional(),
  "executor-memory": word.optional(),
  "executor-cores": word.optional(),
  "num-executors": word.optional(),
  queue: word.optional(),
  conf: settings.optional(),
};
type Config = ReturnType<typeof readConfig<typeof config>>;

/** Starts the entry point's programs with `spark-submit`, on this machine or from it on the cluster that `master` names. */
export const sparkBackend: Backend = { name: "spark", submit };

async function submit(task: Task): Promise<Execution> {
  const given = readConfig("spark", config, task.config);
  const program = await findSubmit(task);
  task.steps.forEach((step) => submitted(step, given)); // refuses what cannot be, before anything runs
  const cancelling = new AbortController();
  return {
    reference: undefined,
    watch: (report) => runSteps(task, given, program, report, cancelling.signal),
    cancel: () => Promise.resolve(cancelling.abort()),
  };
}

/** As Spark's own programs find it: of SPARK_HOME, else of PATH. */
async function findSubmit({ environment, folder }: Task): Promise<string> {
  const { SPARK_HOME: home, PATH: path } = environment;
  const found = await findProgram(
    home === undefined ? "spark-submit" : join(home, "bin", "spark-submit"),
    path,
    folder,
  );
  if (found !== undefined) return found;
  const where = home === undefined ? "on the PATH" : `in ${join(home, "bin")} (SPARK_HOME)`;
  throw invalid(`The program spark-submit is not ${where}: install Spark, or pyspark in the project's environment.`);
}

async function runSteps(
  task: Task,
  given: Config,
  program: string,
  { write }: Report,
  signal: AbortSignal,
): Promise<Ending> {
  for (const step of task.steps) {
    const { args, python } = submitted(step, given);
    const env = {
      ...task.environment,
      ...(python !== undefined && { PYSPARK_PYTHON: python, PYSPARK_DRIVER_PYTHON: python }),
      ...task.variables,
      ...step.variables,
    };
    using secrets = await clusterVariables({ ...task.variables, ...step.variables }, given, task);
    const argv = [program, ...secrets.args, ...args] as const;
    const { code, signal: killed } = await runProcess({ argv, cwd: task.folder, env }, write, signal);
    if (signal.aborted) return { status: "KILLED", exit_code: code, reason: "It was cancelled." };
    const how = killed === undefined ? `ended with exit code ${code}` : `was ended by ${killed}`;
    if (code !== 0) return { status: "FAILED", exit_code: code, reason: `spark-submit ${how}.` };
  }
  return { status: "FINISHED", exit_code: 0 };
}

/** Arguments of spark-submit for a program that is `spark-submit …`, a file of Python, or `python file.py …`. */
export function submitted({ argv }: Step, given: Config): { args: string[]; python: string | undefined } {
  const [program, ...rest] = argv;
  const name = program.split("/").at(-1) ?? "";
  if (name === "spark-submit") return { args: [...flags(given), ...rest], python: undefined };
  const isPython = /^python[\d.]*(\.exe)?$/.test(name);
  const [file, ...args] = isPython ? rest : argv;
  if (file !== undefined && /\.(py|jar|R)$/.test(file) && !file.startsWith("-")) {
    return { args: [...flags(given), file, ...args], python: isPython && isAbsolute(program) ? program : undefined };
  }
  throw invalid(
    `The backend 'spark' starts spark-submit, a file .py, .jar or .R, or python with a file, not ${
      JSON.stringify(argv.join(" "))
    }.`,
  );
}

function flags({ conf, ...given }: Config): string[] {
  return [
    ...Object.entries(given).flatMap(([key, value]) => value === undefined ? [] : [`--${key}`, [value].flat().join()]),
    ...Object.entries(conf ?? {}).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
  ];
}

/**
 * A driver on the cluster has not the environment of spark-submit. It gets the run's variables from a file that only this user reads,
 * which stands in for `spark-defaults.conf` and so begins with what that says.
 */
async function clusterVariables(
  variables: Readonly<Record<string, string>>,
  given: Config,
  { environment }: Task,
): Promise<{ args: string[] } & Disposable> {
  if (given["deploy-mode"] !== "cluster") return { args: [], [Symbol.dispose]: () => {} };
  const { SPARK_CONF_DIR: folder, SPARK_HOME: home } = environment;
  const conf = folder ?? (home && join(home, "conf"));
  const defaults = conf === undefined ? "" : await Deno.readTextFile(join(conf, "spark-defaults.conf")).catch(() => "");
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    ["spark.yarn.appMasterEnv", "spark.kubernetes.driverEnv", "spark.executorEnv"].map((key) =>
      `${key}.${name}=${escaped(value)}\n`
    )
  );
  const path = await Deno.makeTempFile({ prefix: "weir-spark-" }); // 0600
  await Deno.writeTextFile(path, `${defaults}\n${lines.join("")}`);
  return { args: ["--properties-file", path], [Symbol.dispose]: () => Deno.removeSync(path) };
}

/** As java.util.Properties reads it. */
const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replace(/^\s/, "\\$&");
