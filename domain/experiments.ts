import { invalid } from "./errors.ts";
import { checkLength, limits } from "./names.ts";

/** The number of an experiment. Ids are decimal strings on the wire; a number that no experiment can have is -1. */
export function experimentNumber(experiment_id: string): number {
  if (!/^[+-]?\d+$/.test(experiment_id)) {
    throw invalid(`Invalid experiment ID '${experiment_id}'. Experiment ID must be a valid integer.`);
  }
  const number = Number(experiment_id);
  return Number.isSafeInteger(number) ? number : -1;
}

/** Schemes under which an experiment may keep its artifacts. Others would make the server connect to a host of the caller's choice. */
const locationSchemes = new Set(["mlflow-artifacts", "s3", "file"]);

/** The scheme of a URI in lower case; empty for a path. */
export const schemeOf = (uri: string): string => /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase() ?? "";

/** Refuses an artifact location that MLflow refuses, or that names a store which Weir does not serve. */
export function checkArtifactLocation(location: string): void {
  const scheme = schemeOf(location);
  if (scheme === "runs") throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  if (/[#;?]/.test(location)) throw invalid("'artifact_location' URL can't include fragments or params.");
  if (location.length > limits.artifactLocation) {
    throw invalid(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${limits.artifactLocation} characters.`,
    );
  }
  if (location.split("/").includes("..")) throw invalid("'artifact_location' must not contain '..'.");
  if (scheme !== "" && !locationSchemes.has(scheme)) {
    throw invalid(
      `'artifact_location' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other than the tracking ` +
        `server's configured artifact storage. Use one of ${[...locationSchemes].join(", ")}, or leave it out.`,
    );
  }
}

export function checkExperimentName(name: string): void {
  checkLength(name, limits.experimentName, "name");
}
