import { join } from "node:path";
import { invalid } from "../../domain/errors.ts";
import { isAsked, type PythonEnv } from "../../domain/projects/python_env.ts";
import { cachedEnvironment } from "./env_cache.ts";
import type { Recipe } from "./environment.ts";
import { inside } from "./fetch.ts";
import { askProgram, findProgram, runProcess } from "./process.ts";

/** Deeper nesting of `-r` files than this is a circle. */
const deepest = 10;

/** Makes a virtual environment with uv where it is installed (`uv` demands it), else with `venv` and pip. Answers the variables to use it. */
export async function pythonEnvironment(
  recipe: Recipe,
  env: PythonEnv,
  manager: "virtualenv" | "uv",
): Promise<Record<string, string>> {
  const { variables, folder: project } = recipe;
  const uv = await findProgram("uv", variables.PATH);
  if (manager === "uv" && !uv) {
    throw invalid("uv is not installed here: https://docs.astral.sh/uv, or --env-manager virtualenv.");
  }
  const python = uv ? undefined : await findPython(env.python, recipe);
  const parts = [
    "venv",
    uv ? `uv ${env.python ?? ""}` : `${python?.path} ${python?.version}`,
    ...env.build_dependencies,
    "",
    ...env.dependencies,
    ...await requirementFiles(project, env.dependencies),
  ];
  if (env.unmatched.length > 0) recipe.say(`Not for pip, and left out: ${env.unmatched.join(", ")}`);
  const folder = await cachedEnvironment(recipe.cache, parts, {
    wait: () => recipe.say("Waiting for the environment, which another run is building"),
    make: async (folder) => {
      recipe.say(`Building the environment ${folder}`);
      if (uv) await run(recipe, [uv, "venv", "--quiet", ...(env.python ? ["--python", env.python] : []), folder]);
      else await run(recipe, [python?.path ?? "", "-m", "venv", folder]);
      const bin = join(folder, "bin", "python");
      const install = uv
        ? [uv, "pip", "install", "--python", bin]
        : [bin, "-m", "pip", "install", "--disable-pip-version-check"];
      for (const list of [env.build_dependencies, env.dependencies]) {
        if (list.length > 0) await run(recipe, [...install, ...list.flatMap(pipArguments)]);
      }
    },
  });
  const { PYTHONHOME: _, ...rest } = variables;
  return { ...rest, VIRTUAL_ENV: folder, PATH: [join(folder, "bin"), variables.PATH ?? ""].join(":") };
}

/** A line of a requirements file as arguments: `-r requirements.txt` is two. */
function pipArguments(line: string): string[] {
  const [, option, rest] = /^(--?[a-z-]+)[\s=]+(.*)$/i.exec(line.trim()) ?? [];
  return option !== undefined && rest !== undefined ? [option, rest.trim()] : [line.trim()];
}

/** The texts of all files that `-r` and `-c` name: when they change, the environment is another one. */
async function requirementFiles(project: string, lines: readonly string[], depth = 0): Promise<string[]> {
  if (depth > deepest) throw invalid("The requirements files name each other in a circle.");
  const texts: string[] = [];
  for (const line of lines) {
    const [, file] = /^(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)/.exec(line.trim()) ?? [];
    if (file === undefined || /^https?:/i.test(file)) continue;
    const text = await Deno.readTextFile(inside(project, file)).catch(() => {
      throw invalid(`The environment names ${file}, but there is no such file in the project.`);
    });
    texts.push(file, text, ...await requirementFiles(project, text.split("\n"), depth + 1));
  }
  return texts;
}

async function run(
  { folder, variables, write, signal }: Recipe,
  [program = "", ...args]: readonly string[],
): Promise<void> {
  const { code } = await runProcess({ argv: [program, ...args], cwd: folder, env: variables }, write, signal);
  if (signal?.aborted) throw signal.reason;
  if (code !== 0) throw invalid(`The environment cannot be built: ${[program, ...args].join(" ")} ended with ${code}.`);
}

interface Python {
  path: string;
  /** Such as "3.11.2". */
  version: string;
}

/** A Python that a project asks for; where only the last number differs it is taken, and told. */
async function findPython(asked: string | undefined, { variables, say }: Recipe): Promise<Python> {
  const minor = asked?.replace(/^(\d+\.\d+)\.\d+$/, "$1");
  const seen: Python[] = [];
  for (const name of [...(minor ? [`python${minor}`] : []), "python3", "python"]) {
    const path = await findProgram(name, variables.PATH);
    const python = path && await versionOf(path, variables);
    if (!python) continue;
    if (isAsked(python.version, minor)) {
      if (!isAsked(python.version, asked)) {
        say(`The project asks for Python ${asked}; Python ${python.version} is used.`);
      }
      return python;
    }
    seen.push(python);
  }
  const found = seen.map(({ path, version }) => `${path} is ${version}`).join(", ") || "there is none in PATH";
  throw invalid(`The project asks for Python ${asked ?? "3"}, but ${found}. Install it, or uv, which fetches it.`);
}

async function versionOf(path: string, env: Readonly<Record<string, string>>): Promise<Python | undefined> {
  const { code, out } = await askProgram({
    argv: [path, "-c", "import platform; print(platform.python_version())"],
    env,
  });
  return code === 0 ? { path, version: out } : undefined;
}
