import { invalid } from "../../domain/errors.ts";
import type { Step } from "../../domain/projects/command.ts";
import type { DockerEnvironment, Project } from "../../domain/projects/project.ts";
import { quoted } from "../../domain/projects/script.ts";
import type { Task } from "./backend.ts";

/** Where a project's files lie in its container, as in MLflow's. */
export const projectFolder = "/mlflow/projects/code/";

export const dockerEnvironment = ({ environment }: Project): DockerEnvironment | undefined =>
  environment.kind === "docker_env" ? environment : undefined;

/**
 * What a container finds in its environment: what `docker_env` gives or copies, then what the run needs, which wins.
 * INVALID_PARAMETER_VALUE, which names it, for a variable that is to be copied and is not set.
 */
export function containerVariables(
  { project, variables, environment }: Pick<Task, "project" | "variables" | "environment">,
): Record<string, string> {
  const asked = dockerEnvironment(project)?.environment ?? [];
  const own = asked.map((entry) => typeof entry === "string" ? [entry, copied(entry, environment)] as const : entry);
  return checked({ ...Object.fromEntries(own), ...variables });
}

function copied(name: string, environment: Readonly<Record<string, string>>): string {
  const value = environment[name];
  if (value !== undefined) return value;
  throw invalid(
    `docker_env.environment of the project copies the variable ${name}, which is not set where the run is started.`,
  );
}

function checked(variables: Record<string, string>): Record<string, string> {
  const wrong = Object.keys(variables).find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (wrong !== undefined) throw invalid(`${JSON.stringify(wrong)} is no name for a variable of a container.`);
  return variables;
}

/** A word of a POSIX shell that stands for `text`, in quotes where it needs them. */
export const shellWord = (text: string): string => /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text);

/**
 * One program that does what the steps do. A single step is started as it is; several are handed to the container's `/bin/sh`, every
 * word quoted, since a container starts one program alone.
 */
export function oneProgram(steps: readonly Step[]): Step {
  const [first, ...rest] = steps;
  if (first === undefined) throw invalid("The entry point starts no program.");
  if (rest.length === 0) return first;
  return { argv: ["/bin/sh", "-c", commandLine(steps)], variables: {} };
}

/** The steps as a line of a POSIX shell, every word quoted. */
export function commandLine(steps: readonly Step[]): string {
  return steps.map(({ argv, variables }) =>
    [...Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`), ...argv.map(programWord)].join(
      " ",
    )
  ).join(" && ");
}

/** A program's name with `=` in it would be an assignment. */
const programWord = (text: string, at: number): string =>
  at === 0 && text.includes("=") ? quoted(text) : shellWord(text);

/** INVALID_PARAMETER_VALUE for what is no name of an image: it stands among a program's arguments, and in a Dockerfile. */
export function checkImage(image: string, field: string): string {
  if (/^[A-Za-z0-9][\w.:/@-]*$/.test(image)) return image;
  throw invalid(`${field} must be the name of an image, such as python:3.12, not ${JSON.stringify(image)}.`);
}

/** A name for what others name by it, in lower case: letters, digits and single hyphens, at most `longest`. */
export function safeName(text: string | undefined, otherwise: string, longest: number): string {
  const safe = (text ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, longest).replace(/^-+|-+$/g, "");
  return safe || otherwise;
}

/** Whether a URI leads to the machine that reads it. */
export function isLoopback(uri: string): boolean {
  const host = URL.parse(uri)?.hostname;
  return host !== undefined &&
    (/^(localhost|\[::1\]|0\.0\.0\.0|127\.\d+\.\d+\.\d+)$/.test(host) || host.endsWith(".localhost"));
}

/** INVALID_PARAMETER_VALUE for a tracking server that no other machine reaches by its address. */
export function checkReachable(variables: Task["variables"], where: string): void {
  const uri = variables.MLFLOW_TRACKING_URI ?? "";
  if (/^https?:/.test(uri) && !isLoopback(uri)) return;
  throw invalid(
    `MLFLOW_TRACKING_URI is ${
      uri || "not set"
    }, which ${where} does not reach. Give the address of this server that it has on the network.`,
  );
}
