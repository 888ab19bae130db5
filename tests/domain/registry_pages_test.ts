import assert from "node:assert/strict";
import fc from "fast-check";
import { drawLineage, foldColumns, lineageText } from "../../domain/lineage.ts";
import { promptMessages, promptParts, promptVariables } from "../../domain/prompt.ts";
import { storyOf } from "../../domain/registry_story.ts";
import { compareVersions, dependencies } from "../../domain/version_compare.ts";
import {
  championNumber,
  filesUri,
  leadingMetrics,
  type SourcedVersion,
  versionMetrics,
} from "../../domain/version_source.ts";

/** The rules of the registry's pages. */

const version = (number: number, fields: Partial<SourcedVersion["version"]> = {}): SourcedVersion["version"] => ({
  name: "m",
  version: String(number),
  creation_timestamp: 1,
  last_updated_timestamp: 1,
  current_stage: "None",
  source: "s3://b/m",
  run_id: "",
  run_link: "",
  status: "READY",
  ...fields,
});

Deno.test("a version scored the latest that its run or its model has, not the first of a curve", () => {
  const point = (key: string, value: number, step: number, timestamp = 1) => ({ key, value, step, timestamp });
  const run = { data: { metrics: [point("loss", 0.1, 19), point("acc", 0.9, 3), point("system/cpu", 1, 9)] } };
  const logged_model = { data: { metrics: [point("loss", 0.8, 0, 5), point("acc", 0.95, 3, 2), point("f1", 0.5, 0)] } };
  // deno-lint-ignore no-explicit-any -- only metrics are read
  assert.deepEqual([...versionMetrics({ run, logged_model } as any)], [["loss", 0.1], ["acc", 0.95], ["f1", 0.5]]);
});

Deno.test("the pieces of a prompt are its whole text, and its variables are named once", () => {
  const words = fc.string().filter((text) => !/[{}]/.test(text));
  const pieces = fc.array(fc.oneof(words, fc.constantFrom("{{a}}", "{{b}}", "{", "}")));
  fc.assert(fc.property(pieces, (some) => {
    const text = some.join("");
    assert.equal(promptParts(text).map((part) => part.words ?? `{{${part.variable}}}`).join(""), text);
  }));
  assert.deepEqual(promptVariables([{ role: "", text: "{{ a }} {{b}} {{ a }} { c }" }]), ["a", "b"]);
});

Deno.test("a conversation is read as messages, and what is none as one text", () => {
  const chat = (value: string) =>
    promptMessages([{ key: "mlflow.prompt.text", value }, {
      key: "_mlflow_prompt_type",
      value: "chat",
    }]);
  assert.deepEqual(chat('[{"role": "user", "content": "hi"}]'), [{ role: "user", text: "hi" }]);
  assert.deepEqual(chat("[null]"), [{ role: "", text: '""' }]);
  assert.deepEqual(chat("{"), [{ role: "", text: "{" }]);
  assert.equal(promptMessages([]), undefined);
});

Deno.test("a picture of lineage keeps its boxes apart and inside", () => {
  const node = fc.record({ name: fc.string(), to: fc.array(fc.tuple(fc.nat(5), fc.nat(8)), { maxLength: 4 }) });
  const places = fc.array(fc.array(node, { maxLength: 9 }), { maxLength: 6 });
  fc.assert(fc.property(places, fc.integer({ min: 2, max: 9 }), (nodes, most) => {
    const all = nodes.map((column, i) =>
      column.map(({ name, to }, j) => ({
        id: `${i} ${j}`,
        kind: "Run",
        name,
        to: to.filter(([column]) => column > i).map(([column, row]) => `${column} ${row}`),
      }))
    );
    const columns = foldColumns(all, most);
    assert.ok(columns.every((column) => column.length <= most));
    const { width, height, boxes, arrows } = drawLineage(columns);
    assert.equal(boxes.filter((box) => box.node).length, columns.flat().length);
    for (const { x, y } of boxes) assert.ok(x >= 0 && y >= 0 && x + 148 <= width && y + 44 <= height);
    assert.equal(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size, boxes.length);
    // Each arrow goes to the next column, and nothing that passes ends nowhere.
    for (const { from, to } of arrows) assert.equal(to.x - from.x, 148 + 44);
    for (const box of boxes) assert.ok(box.node || arrows.some(({ from }) => from === box));
    assert.equal(typeof lineageText(columns), "string");
  }));
});

Deno.test("requirements are told apart by package, whatever their spelling", () => {
  const text = "mlflow==3.17.2\nScikit_Learn[all]>=1.5 # why\n\n-r other.txt\ngit+https://x/y.git\nnumpy";
  assert.deepEqual(dependencies({ requirements: text }), [
    ["mlflow", "3.17.2"],
    ["scikit-learn", "[all]>=1.5"],
    ["-r other.txt", "yes"],
    ["git", "+https://x/y.git"],
    ["numpy", "any"],
  ]);
});

Deno.test("versions are compared by scores, inputs and dependencies", () => {
  const card = (type: string) => ({
    flavors: [],
    needs: [],
    metadata: [],
    faults: [],
    signature: { inputs: [{ name: "age", type }] },
  });
  const logged = (value: number) => ({
    info: {
      model_id: "m-1",
      experiment_id: "0",
      name: "m",
      creation_timestamp_ms: 1,
      last_updated_timestamp_ms: 1,
      artifact_uri: "",
      status: "LOGGED_MODEL_READY" as const,
    },
    data: { metrics: [{ key: "loss", value, timestamp: 1, step: 0, model_id: "m-1", run_id: "r" }] },
  });
  const found = compareVersions(
    [
      { version: version(1), logged_model: logged(0.5), card: card("long"), requirements: "a==1" },
      { version: version(2), logged_model: logged(0.25), card: card("double"), requirements: "a==2" },
    ],
    0,
    new Map(),
  );
  assert.equal(found.metrics[0]?.cells[1]?.verdict, "better");
  const differing = found.parts.flatMap(({ rows }) => rows).filter(({ differs }) => differs).map(({ key }) => key);
  assert.deepEqual(differing, ["age", "a"]);
});

Deno.test("others are measured against the champion, or else the newest in Production", () => {
  const model = { name: "m", creation_timestamp: 1, last_updated_timestamp: 1 };
  const latest_versions = [version(3, { current_stage: "Production" }), version(4)];
  assert.equal(championNumber(model), undefined);
  assert.equal(championNumber({ ...model, latest_versions }), "3");
  assert.equal(championNumber({ ...model, latest_versions, aliases: [{ alias: "champion", version: "1" }] }), "1");
  assert.deepEqual(leadingMetrics([{ version: version(1) }], 3), []);
});

Deno.test("a `runs:` URI leads to the files of its run", () => {
  assert.equal(filesUri("runs:/r/model", "s3://b/r/artifacts/"), "s3://b/r/artifacts/model");
  assert.equal(filesUri("runs:/r", "s3://b/r"), "s3://b/r");
  assert.equal(filesUri("s3://b/m", "s3://b/r"), "s3://b/m");
});

Deno.test("what happened is told in a line, whatever stands in the log", () => {
  const told = (
    entity: Parameters<typeof storyOf>[0]["entity"],
    action: Parameters<typeof storyOf>[0]["action"],
    detail: object,
    version?: string,
  ) => storyOf({ entity, action, name: "m", detail: { ...detail }, ...(version !== undefined && { version }) });
  assert.equal(
    told("model_version", "stage_changed", { from: "None", to: "Staging" }, "14"),
    "version 14: None → Staging",
  );
  assert.equal(
    told("model_version_alias", "created", { alias: "champion", from: "10", to: "12" }, "12"),
    "alias champion: 10 → 12",
  );
  assert.equal(
    told("registered_model_tag", "set", { key: "owner", from: "jonas", to: "vision" }),
    "tag owner: jonas → vision",
  );
  assert.equal(told("transition_request", "created", { stage: "Production" }, "14"), "asks: version 14 to Production");
  assert.equal(told("registered_model", "renamed", { from: "a", to: "b" }), "renamed: a → b");
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything()), (detail) => {
    assert.equal(typeof told("prompt_version_tag", "set", detail, "1"), "string");
  }));
});
