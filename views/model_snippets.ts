import type { ModelVersion } from "../domain/entities.ts";
import { connect } from "./run_snippets.ts";
import { python, shell } from "./snippets.ts";

/** Lines to paste that lead from the registry's pages to models and prompts. */

/** A first version of a first model. */
export const registerFirst = (server: string): string =>
  `${connect(server)}

from sklearn.linear_model import LogisticRegression

model = LogisticRegression().fit([[0], [1]], [0, 1])
with mlflow.start_run():
    mlflow.sklearn.log_model(model, name="model", registered_model_name="my-model")`;

export const registerPrompt = (server: string): string =>
  `${connect(server)}

mlflow.genai.register_prompt(
    name="my-prompt", template="Summarise in {{ words }} words: {{ text }}")`;

/** A version of this model, of what a run logged. */
export const registerVersion = (server: string, name: string): string =>
  `${connect(server)}

mlflow.register_model("models:/m-…", ${python(name)})  # or "runs:/<run id>/model"`;

/**
 * How clients name a version: by an alias where it has one, or by its number. MLflow's client takes what follows a `?` in a name for
 * something else: such a version is named by its logged model.
 */
export function versionUri({ name, version, model_id }: ModelVersion, alias?: string): string {
  if (name.includes("?") && model_id !== undefined) return `models:/${model_id}`;
  return alias === undefined ? `models:/${name}/${version}` : `models:/${name}@${alias}`;
}

export const loadVersion = (server: string, uri: string): string =>
  `${connect(server)}

model = mlflow.pyfunc.load_model(
    ${python(uri)})`;

export const serveVersion = (server: string, uri: string): string =>
  `export MLFLOW_TRACKING_URI=${shell(server)}
mlflow models serve -p 5001 --env-manager local \\
  -m ${shell(uri)}`;

export const downloadVersion = (server: string, uri: string): string =>
  `${connect(server)}

folder = mlflow.artifacts.download_artifacts(
    ${python(uri)})`;

export const loadPrompt = (
  server: string,
  name: string,
  version: string,
  alias: string | undefined,
  variables: readonly string[],
): string =>
  `${connect(server)}

prompt = mlflow.genai.load_prompt(${python(`prompts:/${name}${alias === undefined ? `/${version}` : `@${alias}`}`)})
prompt.format(${
    variables.every((name) => /^[a-z_]\w*$/i.test(name))
      ? variables.map((name) => `${name}="…"`).join(", ")
      : `**{${variables.map((name) => `${python(name)}: "…"`).join(", ")}}`
  })`;
