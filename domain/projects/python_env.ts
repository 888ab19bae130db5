import { readYaml, type YamlPlace } from "./yaml_reader.ts";

/** A Python environment as `python_env.yaml` or `conda.yaml` describes it. */
export interface PythonEnv {
  /** Such as "3.11", "3.10.4" or ">=3.10"; undefined: whichever is there. */
  python: string | undefined;
  /** For pip, installed first. */
  build_dependencies: readonly string[];
  /** For pip: requirements, and options such as `-r requirements.txt`. */
  dependencies: readonly string[];
  /** Of a conda file: what pip cannot install, or not under that name. */
  unmatched: readonly string[];
}

/** INVALID_PARAMETER_VALUE with line and key for what is no such file. */
export function readPythonEnv(text: string, file: string): PythonEnv {
  const top = readYaml(text, file);
  return {
    python: version(top.at("python")),
    build_dependencies: top.at("build_dependencies").texts(),
    dependencies: top.at("dependencies").texts(),
    unmatched: [],
  };
}

const condaDependency = /^(?<package>[\w.-]+)\s*((?<operator><=|>=|==|!=|=|<|>)\s*(?<version>[\w.*]+))?$/;

/** A conda file for pip, as far as it goes: conda's packages by the same name, then those of its `pip`. */
export function readCondaEnv(text: string, file: string): PythonEnv {
  let python: string | undefined;
  const build_dependencies: string[] = [];
  const dependencies: string[] = [];
  const unmatched: string[] = [];
  for (const place of readYaml(text, file).at("dependencies").list()) {
    if (place.is("map")) {
      dependencies.push(...place.at("pip").texts());
      continue;
    }
    const text = place.text() ?? "";
    const { package: name, operator, version } = condaDependency.exec(text.replace(/^[\w.-]+::/, ""))?.groups ?? {};
    if (name === undefined) unmatched.push(text);
    else if (name === "python") python = pinned(place, operator, version);
    else build_dependencies.push(operator && version ? `${name}${operator === "=" ? "==" : operator}${version}` : name);
  }
  return { python, build_dependencies, dependencies, unmatched };
}

function pinned(place: YamlPlace, operator: string | undefined, version: string | undefined): string {
  if (version === undefined) throw place.wrong("must say which Python, such as python=3.11.");
  if (operator === "<" || operator === ">" || operator === "!=") {
    throw place.wrong(`must say which Python with one of <=, >=, = and ==. Got '${operator}'.`);
  }
  return `${operator?.replace(/^=+$/, "") ?? ""}${version.replace(/\.\*$/, "")}`;
}

/** Whether a Python, such as "3.11.2", is one that a project asks for; "3.11" asks for any 3.11. */
export function isAsked(found: string, asked: string | undefined): boolean {
  const [, operator = "", wanted = ""] = /^(>=|<=)?(.*)$/.exec(asked ?? "") ?? [];
  const numbers = wanted.split(".").filter((part) => part !== "").map(Number);
  const parts = found.split(".").map(Number);
  for (const [i, number] of numbers.entries()) {
    const part = parts[i] ?? 0;
    if (part !== number) return operator === ">=" ? part > number : operator === "<=" && part < number;
  }
  return true;
}

function version(place: YamlPlace): string | undefined {
  const text = place.value();
  if (text === undefined || /^\d+(\.\d+){0,2}$/.test(text)) return text;
  throw place.wrong(`must be a version of Python, such as "3.11". Got ${text}.`);
}
