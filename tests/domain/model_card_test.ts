import assert from "node:assert/strict";
import fc from "fast-check";
import { readModelCard } from "../../domain/model_card.ts";

/** As MLflow 3.17.2 writes it, read from YAML. */
const written = {
  flavors: {
    python_function: {
      cloudpickle_version: "3.1.2",
      env: { conda: "conda.yaml", virtualenv: "python_env.yaml" },
      loader_module: "mlflow.sklearn",
      python_version: "3.11.7",
    },
    sklearn: { code: null, pickled_model: "model.skops", sklearn_version: "1.9.1" },
  },
  metadata: { owner: "me" },
  mlflow_version: "3.17.2",
  model_id: null,
  model_size_bytes: 7466,
  saved_input_example_info: {
    artifact_path: "input_example.json",
    serving_input_path: "serving_input_example.json",
    type: "dataframe",
  },
  signature: {
    inputs:
      '[{"type": "double", "name": "alcohol", "required": true}, {"type": "object", "name": "opts", "required": false, "properties": {"a": {"type": "long", "required": false}, "b": {"type": "array", "items": {"type": "string"}}}}]',
    outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]',
    params: '[{"name": "stop", "default": ["a"], "shape": [-1], "type": "string"}]',
  },
  utc_time_created: "2026-11-23 15:08:22.255668",
};

Deno.test("an MLmodel is a card: flavours with their versions, signature, example, what it needs", () => {
  const card = readModelCard(written);
  assert.deepEqual(card.faults, []);
  assert.deepEqual(card.flavors, [
    {
      name: "python_function",
      facts: [["cloudpickle_version", "3.1.2"], ["loader_module", "mlflow.sklearn"], ["python_version", "3.11.7"]],
    },
    { name: "sklearn", version: "1.9.1", facts: [["pickled_model", "model.skops"]] },
  ]);
  assert.deepEqual(card.signature, {
    inputs: [
      { name: "alcohol", type: "double", required: true },
      { name: "opts", type: "{a?: long, b: array(string)}", required: false },
    ],
    outputs: [{ name: "", type: "float64", shape: "(-1, 3)" }],
    params: [{ name: "stop", type: "string", shape: "(-1)", default: '["a"]' }],
  });
  assert.deepEqual(card.example, {
    path: "input_example.json",
    type: "dataframe",
    serving_path: "serving_input_example.json",
  });
  assert.deepEqual(card.needs, ["requirements.txt", "conda.yaml", "python_env.yaml"]);
  assert.deepEqual([card.size, card.python_version, card.model_id], [7466, "3.11.7", undefined]);
});

Deno.test("what is wrong with an MLmodel is told, field by field", () => {
  const faults = (value: unknown) => readModelCard(value).faults.join(" ");
  assert.match(faults("text"), /not a map/);
  assert.match(faults({}), /no flavors/);
  assert.match(faults({ flavors: { sklearn: 3 } }), /flavor sklearn is not a map/);
  assert.match(faults({ ...written, signature: { inputs: "{" } }), /signature\.inputs is not a JSON list/);
  assert.match(faults({ ...written, signature: 3 }), /signature is not a map/);
});

Deno.test("no file that an MLmodel names lies elsewhere", () => {
  for (const artifact_path of ["../x", "/etc/passwd", "a/b", "..", ".", "C:\\x", "x\0", "#x", 3, null]) {
    const card = readModelCard({ ...written, saved_input_example_info: { artifact_path, serving_input_path: "../y" } });
    assert.equal(card.example, undefined);
    assert.match(card.faults.join(), /artifact_path is not a file's name/);
  }
  const env = { conda: "../../conda.yaml", virtualenv: { a: 1 } };
  assert.deepEqual(readModelCard({ flavors: { python_function: { env } } }).needs, [
    "requirements.txt",
    "conda.yaml",
    "python_env.yaml",
  ]);
});

Deno.test("whatever an MLmodel holds, a card comes of it", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
    readModelCard(a);
    readModelCard({
      flavors: { x: a, python_function: b },
      signature: { inputs: JSON.stringify([a, b]) },
      metadata: a,
    });
    readModelCard({ flavors: a, signature: { inputs: b, params: a }, saved_input_example_info: b });
  }));
});
