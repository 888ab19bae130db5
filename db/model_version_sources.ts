import { invalid, notFound } from "../domain/errors.ts";
import {
  checkModelSource,
  checkSourceScheme,
  loggedModelSource,
  refused,
  type SourceOwner,
  type VersionReference,
  versionSource,
} from "../domain/model_source.ts";
import { checkPromptSource, checkRunId, isPrompt } from "../domain/registry.ts";
import { modelVersionByAlias } from "./model_aliases.ts";
import { modelVersionRow } from "./model_versions.ts";
import { getLatestVersions, registeredModelRow } from "./registered_models.ts";
import type { Sql } from "./sql.ts";

/** What a request says of the origin of a version. An empty id differs from none where another version is the source. */
export interface AskedSource {
  source: string;
  run_id?: string | undefined;
  model_id?: string | undefined;
}

/** Where a version comes from, and where its files are when the source is not the place itself. */
export interface ResolvedSource {
  source: string;
  storage_location?: string;
  run_id: string;
  model_id?: string;
}

/** A prompt has no files: its source is a placeholder, and its run is taken on trust. */
export function promptSource({ source, run_id = "" }: AskedSource): ResolvedSource {
  checkPromptSource(source);
  checkRunId(run_id);
  return { source, run_id };
}

/** Checks a source by the rules of domain/model_source.ts, and takes lineage from the logged model or the version that it names. */
export async function resolveSource(sql: Sql, asked: AskedSource): Promise<ResolvedSource> {
  const { source, run_id = "", model_id = "" } = asked;
  checkSourceScheme(source);
  checkRunId(run_id);
  const reference = versionSource(source);
  if (reference) return await sourceOfVersion(sql, asked, reference);
  if (model_id === "") {
    checkModelSource(source, await runOwner(sql, run_id));
    return { source, run_id };
  }
  const [model] = await sql<{ artifact_uri: string; source_run_id: string | null }[]>`
    select artifact_uri, source_run_id from weir.logged_models
    where model_id = ${model_id} and lifecycle_stage = 'active'`;
  checkModelSource(source, { by: "model_id", id: model_id, ...(model && { artifact_uri: model.artifact_uri }) });
  const isLogged = loggedModelSource(source) !== undefined;
  if (!model) throw unknownLoggedModel(source, model_id, isLogged);
  return {
    source,
    model_id,
    run_id: run_id || model.source_run_id || "",
    ...(isLogged && { storage_location: model.artifact_uri }),
  };
}

async function runOwner(sql: Sql, run_id: string): Promise<SourceOwner> {
  const [run] = run_id === "" ? [] : await sql<{ artifact_uri: string }[]>`
    select artifact_uri from weir.runs where run_id = ${run_id} and purge_id is null`;
  return { by: "run_id", id: run_id, ...(run && { artifact_uri: run.artifact_uri }) };
}

function unknownLoggedModel(source: string, model_id: string, isSource: boolean) {
  const missing = `Logged model with ID '${model_id}' not found.`;
  return isSource
    ? invalid(`Unable to fetch model from model URI source artifact location '${source}'.Error: ${missing}`)
    : notFound(missing);
}

/** A copy: it has the run, the logged model and the files of the version that it is of. */
async function sourceOfVersion(
  sql: Sql,
  { source, run_id, model_id }: AskedSource,
  reference: VersionReference,
): Promise<ResolvedSource> {
  const { name, tags } = await registeredModelRow(sql, reference.name);
  if (isPrompt(tags)) throw refused(source, "Prompt versions cannot be used as model version sources.");
  const original = await modelVersionRow(sql, name, await versionOf(sql, reference));
  const copied = { run_id: original.run_id, model_id: original.model_id ?? "" };
  const matches = (run_id ?? copied.run_id) === copied.run_id && (model_id ?? copied.model_id) === copied.model_id;
  if (!matches) {
    throw refused(source, "The run_id and model_id request parameters must match the referenced model version.");
  }
  return {
    source: `models:/${name}/${original.version}`,
    storage_location: original.storage_location ?? original.source,
    run_id: original.run_id,
    ...(original.model_id !== null && { model_id: original.model_id }),
  };
}

/** The number of the version that is meant, as text. */
async function versionOf(sql: Sql, { name, version, alias, stage }: VersionReference): Promise<string> {
  if (version !== undefined) return version;
  if (alias !== undefined) return (await modelVersionByAlias(sql, name, alias)).version;
  const latest = await getLatestVersions(sql, name, stage === undefined ? [] : [stage]);
  if (latest.length > 0) return String(Math.max(...latest.map((one) => Number(one.version))));
  throw invalid(`No versions of model with name '${name}'${stage === undefined ? "" : ` and stage '${stage}'`} found`);
}
