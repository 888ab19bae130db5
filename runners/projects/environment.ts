import { invalid } from "../../domain/errors.ts";
import type { Environment, Project } from "../../domain/projects/project.ts";
import { readCondaEnv, readPythonEnv } from "../../domain/projects/python_env.ts";
import { condaEnvironment, findConda } from "./conda.ts";
import { removeUnused } from "./env_cache.ts";
import { inside } from "./fetch.ts";
import type { Write } from "./process.ts";
import { pythonEnvironment } from "./virtualenv.ts";

export const envManagers = ["local", "virtualenv", "uv", "conda"] as const;
export type EnvManager = (typeof envManagers)[number];

/** The variables of an environment, and what made it. */
export interface PreparedEnvironment {
  manager: EnvManager;
  /** The whole environment for the run's programs: PATH leads to the environment's first. */
  variables: Readonly<Record<string, string>>;
}

export interface Preparing {
  project: Project;
  folder: string;
  /** What was asked for; undefined: what the project's files say. */
  manager: EnvManager | undefined;
  /** Of whoever starts the run. */
  variables: Readonly<Record<string, string>>;
  /** Where environments are kept, by the hash of what they were made from. */
  cache: string;
  say: (line: string) => void;
  write: Write;
  signal?: AbortSignal | undefined;
}

/** What an environment is made from. */
export interface Recipe extends Omit<Preparing, "project" | "manager"> {
  /** The text of the file, or undefined for a Python without packages. */
  text: string | undefined;
  /** Its absolute path. */
  file: string | undefined;
}

/** Which manager a project gets: INVALID_PARAMETER_VALUE for one that cannot make what it asks for. */
export async function chooseManager(
  environment: Environment,
  asked: EnvManager | undefined,
  path: string | undefined,
): Promise<{ manager: EnvManager; note?: string }> {
  if (environment.kind === "python_env" && asked === "conda") {
    throw invalid(
      "python_env project cannot be executed using conda. Set `--env-manager` to 'virtualenv' or 'local' to execute this project.",
    );
  }
  if (asked !== undefined) return { manager: asked };
  if (environment.kind === "python_env") return { manager: "virtualenv" };
  if (environment.kind !== "conda_env") return { manager: "local" };
  if (await findConda(path)) return { manager: "conda" };
  return {
    manager: "virtualenv",
    note: `conda is not installed here: what pip can install of ${environment.file} goes into a virtualenv.`,
  };
}

/** Makes the environment that a project asks for, or finds it where an earlier run has made it. */
export async function prepareEnvironment(asked: Preparing): Promise<PreparedEnvironment> {
  const { environment } = asked.project;
  const { manager, note } = await chooseManager(environment, asked.manager, asked.variables.PATH);
  if (note) asked.say(note);
  if (manager === "local") return { manager, variables: asked.variables };
  const named = environment.kind === "python_env" || environment.kind === "conda_env" ? environment.file : undefined;
  const path = named === undefined ? undefined : inside(asked.folder, named);
  const text = path === undefined ? undefined : await Deno.readTextFile(path);
  const recipe: Recipe = { ...asked, text, file: path };
  await removeUnused(asked.cache, Date.now());
  if (manager === "conda") return { manager, variables: await condaEnvironment(recipe) };
  const read = environment.kind === "conda_env" ? readCondaEnv : readPythonEnv;
  return { manager, variables: await pythonEnvironment(recipe, read(text ?? "", named ?? ""), manager) };
}
