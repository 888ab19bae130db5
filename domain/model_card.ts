import { isRecord, type JsonRecord } from "./json_values.ts";
import { readSignature, type Signature } from "./model_signature.ts";

/** What an MLmodel file says of a model, as far as it is what MLflow writes. */

export interface Flavor {
  /** "sklearn", "python_function". */
  name: string;
  /** Of the library that made it, where the flavour says. */
  version?: string;
  /** What else it says: "loader_module", "mlflow.sklearn". */
  facts: (readonly [name: string, value: string])[];
}

export interface ModelCard {
  flavors: Flavor[];
  signature?: Signature;
  /** The logged model that this is, where it is one: "m-…". */
  model_id?: string;
  run_id?: string;
  model_uuid?: string;
  /** Bytes. */
  size?: number;
  /** As it is written, in UTC: "2026-11-23 15:08:30.551478". */
  created?: string;
  mlflow_version?: string;
  python_version?: string;
  /** The name of the file with the input example, and that of the same as a request to a server. */
  example?: { path: string; type: string; serving_path?: string };
  /** Names of files that say what the model needs. */
  needs: string[];
  metadata: (readonly [name: string, value: string])[];
  /** What is wrong with the file, in sentences. */
  faults: string[];
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value.slice(0, 1_000) : undefined;

/** A value of the file in a line. */
const brief = (value: unknown): string =>
  typeof value === "string" ? value.slice(0, 500) : (JSON.stringify(value) ?? "").slice(0, 500);

/** The name of a file beside the MLmodel: what could lead elsewhere is none. */
const fileName = (value: unknown): string | undefined =>
  typeof value === "string" && /^[\w][\w .-]{0,100}$/.test(value) ? value : undefined;

/** Flavours, and facts of one, that are kept. */
const mostFlavors = 50;
const mostFacts = 50;

/** Reads what the YAML of an MLmodel means. Whatever is not what it should be is left out and named in `faults`. */
export function readModelCard(value: unknown): ModelCard {
  const card: ModelCard = { flavors: [], needs: [], metadata: [], faults: [] };
  if (!isRecord(value)) return { ...card, faults: ["It is not a map of names and values, as an MLmodel is."] };
  const { faults } = card;
  card.flavors = readFlavors(value.flavors, faults);
  const signature = readSignature(value.signature, faults);
  if (signature) card.signature = signature;
  for (const name of ["model_id", "run_id", "model_uuid", "mlflow_version"] as const) {
    const known = text(value[name]);
    if (known !== undefined) card[name] = known;
  }
  const created = text(value.utc_time_created);
  if (created !== undefined) card.created = created.slice(0, 40);
  if (typeof value.model_size_bytes === "number" && value.model_size_bytes >= 0) card.size = value.model_size_bytes;
  if (isRecord(value.metadata)) card.metadata = pairs(value.metadata);
  readExample(value.saved_input_example_info, card);
  readNeeds(value.flavors, card);
  return card;
}

const pairs = (record: JsonRecord): [string, string][] =>
  Object.entries(record).slice(0, mostFacts).map(([key, value]) => [key.slice(0, 200), brief(value)]);

function readFlavors(value: unknown, faults: string[]): Flavor[] {
  if (!isRecord(value) || Object.keys(value).length === 0) {
    faults.push("It names no flavors: nothing says how the model is loaded.");
    return [];
  }
  return Object.entries(value).slice(0, mostFlavors).map(([name, facts]) => {
    if (!isRecord(facts)) {
      faults.push(`The flavor ${name.slice(0, 100)} is not a map of names and values.`);
      return { name: name.slice(0, 200), facts: [] };
    }
    // `sklearn_version`, `xgb_version`: a name ends in it. A function has only those of what wrapped it.
    const versions = Object.keys(facts).filter((key) => /^(?!python_|cloudpickle_)\w+_version$/.test(key));
    const own = name === "python_function"
      ? undefined
      : versions.find((key) => key.startsWith(name.slice(0, 3))) ?? versions[0];
    const version = own === undefined ? undefined : text(facts[own]);
    const rest = Object.entries(facts).filter(([key, fact]) => key !== own && fact !== null && key !== "env");
    return {
      name: name.slice(0, 200),
      ...(version !== undefined && { version }),
      facts: pairs(Object.fromEntries(rest)),
    };
  });
}

function readExample(value: unknown, card: ModelCard): void {
  if (!isRecord(value)) return;
  const path = fileName(value.artifact_path);
  if (path === undefined) return void card.faults.push("saved_input_example_info.artifact_path is not a file's name.");
  const serving_path = fileName(value.serving_input_path);
  card.example = { path, type: text(value.type) ?? "", ...(serving_path !== undefined && { serving_path }) };
}

/** Where MLflow puts them; a flavour may name others. */
const usual = ["requirements.txt", "conda.yaml", "python_env.yaml"];

function readNeeds(flavors: unknown, card: ModelCard): void {
  const pyfunc = isRecord(flavors) ? flavors.python_function : undefined;
  const python_version = isRecord(pyfunc) ? text(pyfunc.python_version) : undefined;
  if (python_version !== undefined) card.python_version = python_version;
  const env = isRecord(pyfunc) && isRecord(pyfunc.env) ? Object.values(pyfunc.env).map(fileName) : [];
  card.needs = [...new Set([...usual, ...env.filter((name) => name !== undefined)])].slice(0, 6);
}
