import { invalid } from "./errors.ts";

const mandatory = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/** The description of a model that clients before MLflow 3 log, with the fields that it must have. */
export function checkedModel(model_json: string): object {
  const model = parsed(model_json);
  if (typeof model !== "object" || model === null) {
    throw invalid(`Malformed model info. \n ${model_json} \n is not a valid JSON.`);
  }
  const absent = mandatory.filter((field) => !(field in model));
  if (absent.length > 0) {
    throw invalid(`Model json is missing mandatory fields: {${absent.map((field) => `'${field}'`).join(", ")}}`);
  }
  return model;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
