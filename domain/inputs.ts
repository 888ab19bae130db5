import type { DatasetInput } from "./entities.ts";
import { invalid } from "./errors.ts";
import { checkLength } from "./names.ts";

/** Most characters of each part of a dataset, by MLflow's rules. */
const most = {
  name: 500,
  digest: 36,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
  tagKey: 255,
  tagValue: 500,
};

export function checkInputs(inputs: readonly DatasetInput[]): void {
  if (inputs.length > 1000) throw invalid(`A request can log at most 1000 datasets. Got ${inputs.length} datasets.`);
  for (const { dataset, tags } of inputs) {
    checkLength(dataset.name, most.name, "name");
    checkLength(dataset.digest, most.digest, "digest");
    checkLength(dataset.source, most.source, "source");
    checkLength(dataset.schema ?? "", most.schema, "schema");
    checkLength(dataset.profile ?? "", most.profile, "profile");
    for (const tag of tags ?? []) {
      checkLength(tag.key, most.tagKey, "key");
      checkLength(tag.value, most.tagValue, "value");
    }
  }
}
