import type { ModelCard } from "../domain/model_card.ts";
import type { SignatureField } from "../domain/model_signature.ts";
import { connect } from "./run_snippets.ts";
import { python, shell } from "./snippets.ts";

/** Lines to paste that load a model, predict with it and serve it. */

/** Flavours whose module of MLflow has `load_model`. */
const loaded = new Set(
  ("catboost diviner dspy fastai h2o johnsnowlabs keras langchain lightgbm llama_index onnx openai paddle pmdarima promptflow prophet " +
    "pytorch sentence_transformers sklearn spacy spark statsmodels tensorflow transformers xgboost").split(" "),
);

export interface LineSet {
  title: string;
  label: string;
  code: string;
}

/** Python, for each flavour that MLflow loads. `server` is how clients reach this server. */
export function loadLines(server: string, uri: string, card: ModelCard): LineSet[] {
  const names = card.flavors.map(({ name }) => name);
  return [
    ...names.filter((name) => loaded.has(name)).map((name) => ({
      title: `Load as ${name}`,
      label: `Load the model with mlflow.${name}`,
      code: `${connect(server)}\nmodel = mlflow.${name}.load_model(${python(uri)})`,
    })),
    ...(names.includes("python_function") ? [predictLines(server, uri, card)] : []),
  ];
}

function predictLines(server: string, uri: string, card: ModelCard): LineSet {
  const { imports, data } = sample(card);
  if (data === undefined) {
    return {
      title: "Load as a function",
      label: "Load the model as a function",
      code: `${connect(server)}\nmodel = mlflow.pyfunc.load_model(${python(uri)})`,
    };
  }
  return {
    title: "Predict",
    label: "Load the model as a function and predict",
    code: [
      ...imports,
      connect(server),
      `model = mlflow.pyfunc.load_model(${python(uri)})`,
      `print(model.predict(${data}))`,
    ].join("\n"),
  };
}

/** What to predict for: the model's own example, or one that its signature allows; undefined where there is neither. */
function sample(card: ModelCard): { imports: string[]; data: string | undefined } {
  if (card.example) return { imports: [], data: "model.input_example" };
  const inputs = card.signature?.inputs ?? [];
  const [first] = inputs;
  if (inputs.length === 1 && first?.name === "" && first.shape !== undefined && /^\w+$/.test(first.type)) {
    const shape = first.shape.replaceAll("-1", "1");
    return {
      imports: ["import numpy"],
      data: `numpy.zeros(${shape.replace(/^\((\d+)\)$/, "($1,)")}, dtype=${python(first.type)})`,
    };
  }
  const values = inputs.map((field) => [field, valueOf(field)] as const);
  if (
    values.length === 0 || values.length > 30 || values.some(([{ name }, value]) => name === "" || value === undefined)
  ) {
    return { imports: [], data: undefined };
  }
  const row = values.map(([{ name }, value]) => `${python(name)}: ${value}`).join(", ");
  return { imports: ["import pandas"], data: `pandas.DataFrame([{${row}}])` };
}

/** A value of a column's type, as Python; undefined for types within types, and those narrower than what Python writes. */
function valueOf({ type, shape }: SignatureField): string | undefined {
  if (shape !== undefined) return undefined;
  const values: Record<string, string> = {
    boolean: "True",
    datetime: 'pandas.Timestamp("2026-01-01")',
    double: "1.0",
    long: "1",
    string: '"text"',
  };
  return Object.hasOwn(values, type) ? values[type] : undefined;
}

const port = 5001;

/** A shell's: a server for the model, which has to be a function too, and a request to it where there is an example of one. */
export function serveLines(server: string, uri: string, request: string | undefined): LineSet[] {
  const lines = [{
    title: "Serve",
    label: "Serve the model from a shell",
    code: `export MLFLOW_TRACKING_URI=${shell(server)}\nmlflow models serve -m ${
      shell(uri)
    } --env-manager local --port ${port}`,
  }];
  if (request === undefined) return lines;
  return [...lines, {
    title: "Ask it",
    label: "Send the input example to the served model",
    code: `curl http://127.0.0.1:${port}/invocations \\\n  -H 'Content-Type: application/json' \\\n  -d ${
      shell(request)
    }`,
  }];
}
