import { type KeyValue, type ModelStage, modelStages } from "./entities.ts";
import { ApiError, invalid, notFound } from "./errors.ts";
import { promptTag } from "./filter/prompts.ts";
import { checkKey, checkLength, checkPathLike } from "./names.ts";
import type { RegistryEntity } from "./registry_events.ts";

/** The rules of registered models, prompts and their versions. Texts are MLflow's. */

/** Characters: what MLflow's own tables hold, and what an index can hold. */
const longestName = 256;
const longestAlias = 255;
const longestRunId = 256;
const longestTagValue = 100_000;
/** MLflow's tables hold 5,000 on most databases, and anything on SQLite. */
const longestText = 100_000;

/** The tag of a version that holds the text of a prompt. */
export const promptTextTag = "mlflow.prompt.text";
const promptTypeTag = "_mlflow_prompt_type";

/** What the senders of prompts give as source, for want of one. */
const promptSources = ["dummy-source", "prompt-template"];

/** Who changes the registry, when (milliseconds since the epoch), and, where it was said, why. */
export interface Change {
  who: string;
  now: number;
  comment?: string;
  /** The request that is approved by it. */
  approves?: { request_id: string; who: string };
}

export const unknownModel = (name: string): ApiError => notFound(`Registered Model with name=${name} not found`);

export const unknownVersion = (name: string, version: number | bigint): ApiError =>
  notFound(`Model Version (name=${name}, version=${version}) not found`);

/** Refuses what cannot be the name of a model. `field` is its name in the request. */
export function checkModelName(name: string, field = "name"): void {
  if (name.trim() === "") throw invalid(`Missing value for required parameter '${field}'.`);
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  checkPathLike(name, "name");
}

/** As `checkModelName`, for a name that is to be given. */
export function checkNewModelName(name: string, field = "name"): void {
  checkModelName(name, field);
  checkLength(name, longestName, field);
}

export const checkRunId = (run_id: string): void => checkLength(run_id, longestRunId, "run_id");

/** Refuses descriptions, links and comments that are too long, by their names in the request. */
export function checkTexts(texts: Readonly<Record<string, string | null | undefined>>): void {
  for (const [field, value] of Object.entries(texts)) checkLength(value ?? "", longestText, field);
}

/** Refuses a tag that a model or a version cannot have. */
export function checkRegistryTag({ key, value }: KeyValue): void {
  checkKey(key, "key", "key");
  if (key === promptTextTag && value.length > longestTagValue && [...value].length > longestTagValue) {
    throw invalid(`Prompt text exceeds max length of ${longestTagValue} characters.`);
  }
  checkLength(value, longestTagValue, "value");
}

export const checkTagKey = (key: string): void => checkKey(key, "key", "key");

/** A version as Python's int() reads it. RESOURCE_DOES_NOT_EXIST for a number that no version can have. */
export function versionNumber(name: string, version: string): number {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(version) || version.length > 4300) {
    throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  }
  const number = BigInt(version.replaceAll(/[\s_+]/g, ""));
  if (number < 1 || number > 0x7fff_ffff) throw unknownVersion(name, number);
  return Number(number);
}

/** Refuses what cannot be an alias. */
export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  checkLength(alias, longestAlias, "Registered model alias name");
}

/** As `checkAlias`, for an alias that is to be given. */
export function checkNewAlias(alias: string): void {
  checkAlias(alias);
  if (isLatest(alias)) throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\p{Nd}+$/iu.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

/** The alias that every model has: of its greatest version. */
export const isLatest = (alias: string): boolean => alias.toLowerCase() === "latest";

/** A stage in whatever case it was written. */
export function parseStage(text: string): ModelStage {
  const stage = modelStages.find((one) => one.toLowerCase() === text.toLowerCase());
  if (stage) return stage;
  throw invalid(`Invalid Model Version stage: ${text}. Value must be one of ${modelStages.join(", ")}.`);
}

const activeStages: readonly ModelStage[] = ["Staging", "Production"];

/** As `parseStage`, for a stage from which other versions are to be archived. */
export function parseActiveStage(text: string): ModelStage {
  const stage = parseStage(text);
  if (activeStages.includes(stage)) return stage;
  throw invalid(
    "Model version transition cannot archive existing model versions because " +
      `'${text}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
  );
}

/** Whether a model or a version with these tags is a prompt. */
export const isPrompt = (tags: Readonly<Record<string, string>>): boolean => tags[promptTag]?.toLowerCase() === "true";

/** Refuses a source that no sender of prompts gives: a prompt has no files. */
export function checkPromptSource(source: string): void {
  if (promptSources.includes(source)) return;
  throw invalid(`Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`);
}

/** The tags of a prompt without those that say that it is one, and of which kind. */
export function ownTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key !== promptTag && key !== promptTypeTag));
}

const promptEntities = {
  registered_model: "prompt",
  registered_model_tag: "prompt_tag",
  model_version: "prompt_version",
  model_version_tag: "prompt_version_tag",
  model_version_alias: "prompt_alias",
} as const satisfies Partial<Record<RegistryEntity, RegistryEntity>>;

/** What an event is about: prompts have names of their own. */
export const entityOf = (entity: keyof typeof promptEntities, prompt: boolean): RegistryEntity =>
  prompt ? promptEntities[entity] : entity;

/** A RESOURCE_ALREADY_EXISTS that says which of the two it is: models and prompts share their names. */
export function nameTaken(name: string, existing: { prompt: boolean }, created: { prompt: boolean }): ApiError {
  const noun = ({ prompt }: { prompt: boolean }) => prompt ? "Prompt" : "Registered Model";
  const message = existing.prompt === created.prompt
    ? `${noun(created)} (name=${name}) already exists.`
    : `Tried to create a ${noun(created).toLowerCase()} with name ${
      pythonQuoted(name)
    }, but the name is already taken by a ` +
      `${noun(existing).toLowerCase()}. MLflow does not allow creating a model and a prompt with the same name.`;
  return new ApiError("RESOURCE_ALREADY_EXISTS", message);
}

function pythonQuoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\");
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
