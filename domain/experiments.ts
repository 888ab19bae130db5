import { invalid } from "./errors.ts";
import type { KeyValue } from "./entities.ts";
import { checkKey, checkLength, limits } from "./names.ts";
import { checkHost, schemeOf } from "./uri.ts";

/** The number of an experiment. Ids are decimal strings on the wire; a number that no experiment can have is -1. */
export function experimentNumber(experiment_id: string): number {
  if (!/^[+-]?\d+$/.test(experiment_id)) {
    throw invalid(`Invalid experiment ID '${experiment_id}'. Experiment ID must be a valid integer.`);
  }
  const number = Number(experiment_id);
  return Number.isSafeInteger(number) ? number : -1;
}

/** Refuses an artifact location that MLflow refuses. */
export function checkArtifactLocation(location: string): void {
  if (schemeOf(location) === "runs") throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  if (/[#;?]/.test(location)) throw invalid("'artifact_location' URL can't include fragments or params.");
  if (location.length > limits.artifactLocation) {
    throw invalid(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${limits.artifactLocation} characters.`,
    );
  }
  if (location.split("/").includes("..")) throw invalid("'artifact_location' must not contain '..'.");
  checkHost(location, "artifact_location");
}

export function checkExperimentName(name: string): void {
  checkLength(name, limits.experimentName, "name");
}

export function checkExperimentTag({ key, value }: KeyValue): void {
  checkKey(key, "key", "key");
  checkLength(value, limits.experimentTagValue, "value");
}
