import { invalid } from "../errors.ts";
import type { DatabricksSparkJob, EntryPoint, Environment, Parameter, Project } from "./project.ts";
import { scriptCommand } from "./script.ts";
import { readYaml, type YamlPlace } from "./yaml_reader.ts";

const environmentKeys = ["docker_env", "python_env", "conda_env"] as const;
const keys = ["name", "entry_points", "entry_point", "parameters", "databricks_spark_job", ...environmentKeys];
const typeNames = new Set(["string", "str", "float", "int", "integer", "number", "bool", "boolean", "path", "uri"]);

/** A project without an `MLproject` file: its scripts are its entry points. */
export const emptyProject: Project = {
  name: undefined,
  environment: { kind: "none" },
  entry_points: new Map(),
  databricks_spark_job: undefined,
  ignored: [],
};

/**
 * Reads an `MLproject` file; `file` is what errors call it. INVALID_PARAMETER_VALUE, with line and key, for what is not a project.
 * Source: MLflow's `_project_spec.py`; the short form with `entry_point` and `parameters` at the top stands in MLflow's guides.
 */
export function readProject(text: string, file: string): Project {
  const top = readYaml(text, file);
  const given = top.map();
  const environment = environmentOf(top);
  const entry_points = entryPointsOf(top);
  const databricks_spark_job = sparkJobOf(top.at("databricks_spark_job"), entry_points, environment);
  const ignored = [...given.keys()].filter((key) => !keys.includes(key));
  return { name: top.at("name").value(), environment, entry_points, databricks_spark_job, ignored };
}

function environmentOf(top: YamlPlace): Environment {
  const given = environmentKeys.filter((key) => !top.at(key).is("nothing"));
  const [kind, another] = given;
  if (another) throw top.at(another).wrong(`Project cannot contain multiple environment fields: ${given.join(", ")}`);
  if (kind === undefined) return { kind: "none" };
  const place = top.at(kind);
  if (kind !== "docker_env") return { kind, file: place.text() ?? "" };
  const image = place.at("image").text();
  if (!image) throw place.wrong("needs an 'image': the name of a Docker image.");
  return { kind, image, volumes: place.at("volumes").texts(), environment: variablesOf(place.at("environment")) };
}

function variablesOf(place: YamlPlace): (string | readonly [string, string])[] {
  return place.list().map((item) => {
    if (item.is("value")) return item.text() ?? "";
    const [name, value, ...more] = item.list().map((part) => part.value() ?? "");
    if (name !== undefined && value !== undefined && more.length === 0) return [name, value];
    throw item.wrong("must be the name of a variable, or a list of its name and its value.");
  });
}

function entryPointsOf(top: YamlPlace): Map<string, EntryPoint> {
  const short = top.at("entry_point");
  const long = top.at("entry_points");
  if (short.is("nothing")) {
    if (!top.at("parameters").is("nothing")) {
      throw top.at("parameters").wrong("needs an 'entry_point' beside it, or belongs below one of the 'entry_points'.");
    }
    return new Map([...long.map()].map(([name, place]) => [name, entryPoint(name, place)]));
  }
  if (!long.is("nothing")) throw short.wrong("cannot stand beside 'entry_points'.");
  return new Map([["main", shortEntryPoint(short, top.at("parameters"))]]);
}

function entryPoint(name: string, place: YamlPlace): EntryPoint {
  const command = place.at("command").text();
  if (!command?.trim()) throw place.wrong("needs a 'command', such as \"python train.py --alpha {alpha}\".");
  const parameters = [...place.at("parameters").map()].map(([name, place]) => [name, parameter(place)] as const);
  return { name, parameters: new Map(parameters), command };
}

/** One program, or a whole command, to which the parameters that it does not name are passed as options. */
function shortEntryPoint(place: YamlPlace, given: YamlPlace): EntryPoint {
  const text = place.text()?.trim();
  if (!text) throw place.wrong("must name a script, such as train.py, or a command.");
  const parameters = new Map([...given.map()].map(([name, place]) => [name, shortParameter(place)]));
  const command = /\s/.test(text) ? text : scriptCommand(text) ?? fail(
    place.wrong(`must be a script that ends in .py, .sh or .R, or a command. Got '${text}'.`),
  );
  const unnamed = [...parameters.keys()].filter((name) => !command.includes(`{${name}}`));
  return { name: "main", parameters, command: [command, ...unnamed.map((name) => `--${name} {${name}}`)].join(" ") };
}

function parameter(place: YamlPlace): Parameter {
  if (place.is("nothing")) return { type: "string", default: undefined };
  if (place.is("map")) return { type: place.at("type").text() ?? "string", default: place.at("default").value() };
  return { type: place.text() ?? "string", default: undefined };
}

/** `epochs: 10` is a default; `alpha: float` a type. */
function shortParameter(place: YamlPlace): Parameter {
  if (!place.is("value")) return parameter(place);
  const value = place.value() ?? "";
  return typeNames.has(value) ? { type: value, default: undefined } : { type: "string", default: value };
}

function sparkJobOf(
  place: YamlPlace,
  entryPoints: ReadonlyMap<string, EntryPoint>,
  environment: Environment,
): DatabricksSparkJob | undefined {
  if (place.is("nothing")) return undefined;
  const python_file = place.at("python_file").text();
  if (python_file === undefined && entryPoints.size === 0) {
    throw place.wrong("needs a 'python_file', or 'entry_points' beside it.");
  }
  if (python_file !== undefined && entryPoints.size > 0) {
    throw place.wrong("cannot have a 'python_file' beside 'entry_points'.");
  }
  if (environment.kind !== "none") throw place.wrong(`cannot stand beside '${environment.kind}'.`);
  for (const { name, parameters } of entryPoints.values()) {
    for (const [key, { type }] of parameters) {
      if (type === "path") {
        throw place.wrong(`takes no parameters of type 'path': '${key}' of the entry point '${name}' is one.`);
      }
    }
  }
  const texts = (key: string) => place.at(key).list().map((item) => item.value() ?? "");
  return { python_file, parameters: texts("parameters"), python_libraries: texts("python_libraries") };
}

const extensions = "['.py', '.sh']";

/** The entry point of this name, or the script. INVALID_PARAMETER_VALUE when it is neither. */
export function findEntryPoint(project: Project, name: string): EntryPoint {
  const known = project.entry_points.get(name);
  if (known) return known;
  const command = scriptCommand(name);
  if (command !== undefined) return { name, parameters: new Map(), command };
  const names = [...project.entry_points.keys()].map((one) => `'${one}'`).join(", ");
  throw invalid(
    `Could not find ${name} among entry points [${names}] or interpret ${name} as a runnable script. Supported script file extensions: ${extensions}`,
  );
}

const fail = (error: Error): never => {
  throw error;
};
