import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkAlias,
  checkNewAlias,
  checkNewModelName,
  checkRegistryTag,
  isPrompt,
  nameTaken,
  parseActiveStage,
  parseStage,
  versionNumber,
} from "../../domain/registry.ts";

const saying = (message: string) => ({ code: "INVALID_PARAMETER_VALUE", message });

Deno.test("a model has a name that is no path, holds no slash or colon, and has at most 256 characters", () => {
  for (const name of ["m", "a b", "é.ü", "x\\y", "n".repeat(256), "🙂".repeat(256)]) {
    assert.doesNotThrow(() => checkNewModelName(name), name);
  }
  const wrong: [name: string, message: string][] = [
    ["  ", "Missing value for required parameter 'name'."],
    ["a/b", "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ["a:b", "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ["n".repeat(257), "'name' exceeds the maximum length of 256 characters"],
  ];
  for (const [name, message] of wrong) assert.throws(() => checkNewModelName(name), saying(message));
  for (const name of [".", "..", "..x"]) assert.throws(() => checkNewModelName(name), /would resolve to/);
});

Deno.test("an alias is made of letters, digits, underscores and dashes, and is neither latest nor a version", () => {
  for (const alias of ["champion", "Champ-2_é", "123", "vx", "v1x", "a".repeat(255)]) {
    assert.doesNotThrow(() => checkNewAlias(alias), alias);
  }
  for (const alias of ["latest", "LaTest"]) {
    assert.throws(() => checkNewAlias(alias), saying("'latest' alias name (case insensitive) is reserved."));
    assert.doesNotThrow(() => checkAlias(alias));
  }
  for (const alias of ["v1", "V12"]) {
    assert.throws(() => checkNewAlias(alias), saying(`Version alias name '${alias}' is reserved.`));
  }
  for (const alias of ["a b", "a\n", "a/b", "a.b"]) {
    assert.throws(() => checkNewAlias(alias), /^ApiError: Invalid alias name/);
  }
  assert.throws(
    () => checkNewAlias("a".repeat(256)),
    saying("'Registered model alias name' exceeds the maximum length of 255 characters"),
  );
});

Deno.test("a version is a number as Python reads it, and one that cannot be is not found", () => {
  for (const text of ["7", " 7", "+7", "007", "7 "]) assert.equal(versionNumber("m", text), 7);
  assert.equal(versionNumber("m", "1_0"), 10);
  for (const text of ["", "abc", "1.0", "0x1", "1__0", "_1", "1e3"]) {
    assert.throws(() => versionNumber("m", text), saying(`Parameter 'version' must be an integer, got '${text}'.`));
  }
  for (const text of ["0", "-1", "2147483648", "9".repeat(30)]) {
    const message = `Model Version (name=m, version=${text}) not found`;
    assert.throws(() => versionNumber("m", text), { code: "RESOURCE_DOES_NOT_EXIST", message });
  }
});

Deno.test("every positive int32 is read back as the version it was", () => {
  fc.assert(fc.property(fc.integer({ min: 1 }), (version) => versionNumber("m", String(version)) === version));
});

Deno.test("a stage may be written in any case, and only active ones archive others", () => {
  assert.equal(parseStage("pRODUCTION"), "Production");
  assert.equal(parseActiveStage("staging"), "Staging");
  assert.throws(
    () => parseStage("x"),
    saying("Invalid Model Version stage: x. Value must be one of None, Staging, Production, Archived."),
  );
  assert.throws(() => parseActiveStage("archived"), /because 'archived' is not an Active stage/);
});

Deno.test("a tag value may have 100000 characters, and the text of a prompt is refused in its own words", () => {
  assert.doesNotThrow(() => checkRegistryTag({ key: "k", value: "v".repeat(100_000) }));
  const long = "v".repeat(100_001);
  assert.throws(
    () => checkRegistryTag({ key: "k", value: long }),
    saying("'value' exceeds the maximum length of 100000 characters"),
  );
  assert.throws(
    () => checkRegistryTag({ key: "mlflow.prompt.text", value: long }),
    saying("Prompt text exceeds max length of 100000 characters."),
  );
});

Deno.test("models and prompts share one name space, and a refusal says which of them has the name", () => {
  assert.equal(isPrompt({ "mlflow.prompt.is_prompt": "True" }), true);
  assert.equal(isPrompt({ "mlflow.prompt.is_prompt": "yes" }), false);
  const [model, prompt] = [{ prompt: false }, { prompt: true }];
  assert.equal(nameTaken("m", model, model).message, "Registered Model (name=m) already exists.");
  assert.equal(nameTaken("m", prompt, prompt).message, "Prompt (name=m) already exists.");
  assert.equal(
    nameTaken("it's", model, prompt).message,
    'Tried to create a prompt with name "it\'s", but the name is already taken by a registered model. ' +
      "MLflow does not allow creating a model and a prompt with the same name.",
  );
});
