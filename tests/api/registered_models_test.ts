import assert from "node:assert/strict";
import fc from "fast-check";
import { modelVersionEndpoints } from "../../routes/api/model_versions.ts";
import { registeredModelEndpoints } from "../../routes/api/registered_models.ts";
import { startWeir, type Weir } from "../weir.ts";

const models = "registered-models";
const versions = "model-versions";
const promptTag = { key: "mlflow.prompt.is_prompt", value: "true" };

const create = (weir: Weir, name: string, fields: object = {}) =>
  weir.ok("POST", `${models}/create`, { name, ...fields });
const addVersion = async (weir: Weir, name: string, fields: object = {}) =>
  (await weir.ok("POST", `${versions}/create`, { name, source: "s3://b/p", ...fields })).model_version;
const get = async (weir: Weir, name: string) =>
  (await weir.ok("GET", `${models}/get?name=${encodeURIComponent(name)}`)).registered_model;
const history = async (weir: Weir, query: string) =>
  await weir.ok("GET", `/api/weir/1/registered-models/history?${query}`);

Deno.test("a registered model comes back as it was made, without what is empty", async () => {
  await using weir = await startWeir();
  const { registered_model: bare } = await create(weir, "bare");
  const { creation_timestamp: at } = bare;
  assert.deepEqual(bare, { name: "bare", creation_timestamp: at, last_updated_timestamp: at });
  const tags = [{ key: "b", value: "1" }, { key: "a", value: "2" }, { key: "a", value: "3" }];
  const { registered_model: full } = await create(weir, "é ü", { description: "d", tags });
  assert.equal(full.description, "d");
  assert.deepEqual(full.tags, [{ key: "a", value: "3" }, { key: "b", value: "1" }]);
  assert.deepEqual(await get(weir, "é ü"), full);
});

Deno.test("a model that cannot be is refused in MLflow's words", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  await create(weir, "p", { tags: [promptTag] });
  const docs = "See the API docs for more information about request parameters.";
  const taken = "MLflow does not allow creating a model and a prompt with the same name.";
  const cases: [body: object, code: string, message: string][] = [
    [{}, "INVALID_PARAMETER_VALUE", `Missing value for required parameter 'name'. ${docs}`],
    [{ name: " " }, "INVALID_PARAMETER_VALUE", "Missing value for required parameter 'name'."],
    [{ name: "a/b" }, "INVALID_PARAMETER_VALUE", "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    [
      { name: "x", tags: [{ key: "a*b", value: "v" }] },
      "INVALID_PARAMETER_VALUE",
      "Invalid value \"a*b\" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).",
    ],
    [{ name: "m" }, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=m) already exists."],
    [{ name: "p", tags: [promptTag] }, "RESOURCE_ALREADY_EXISTS", "Prompt (name=p) already exists."],
    [
      { name: "p" },
      "RESOURCE_ALREADY_EXISTS",
      `Tried to create a registered model with name 'p', but the name is already taken by a prompt. ${taken}`,
    ],
  ];
  for (const [body, code, message] of cases) {
    const answer = await weir.call("POST", `${models}/create`, body);
    assert.deepEqual([answer.status, answer.body], [400, { error_code: code, message }]);
  }
});

Deno.test("a description is replaced, and an absent one taken away", async () => {
  await using weir = await startWeir();
  await create(weir, "m", { description: "old" });
  const update = (body: object) => weir.ok("PATCH", `${models}/update`, { name: "m", ...body });
  assert.equal((await update({ description: "new" })).registered_model.description, "new");
  assert.equal((await update({})).registered_model.description, undefined);
});

Deno.test("a renamed model keeps its versions, tags and aliases, and a taken name is refused", async () => {
  await using weir = await startWeir();
  await create(weir, "old", { tags: [{ key: "k", value: "v" }] });
  await create(weir, "taken");
  await addVersion(weir, "old");
  await weir.ok("POST", `${models}/alias`, { name: "old", alias: "champion", version: "1" });
  const refused = await weir.call("POST", `${models}/rename`, { name: "old", new_name: "taken" });
  assert.deepEqual([refused.status, refused.body.error_code], [400, "RESOURCE_ALREADY_EXISTS"]);
  const { registered_model } = await weir.ok("POST", `${models}/rename`, { name: "old", new_name: "new" });
  assert.deepEqual(registered_model.aliases, [{ alias: "champion", version: "1" }]);
  assert.deepEqual(registered_model.tags, [{ key: "k", value: "v" }]);
  assert.deepEqual(registered_model.latest_versions.map((one: { name: string }) => one.name), ["new"]);
  assert.equal((await weir.call("GET", `${versions}/get?name=old&version=1`)).status, 404);
  const gone = await weir.call("GET", `${models}/get?name=old`);
  assert.deepEqual([gone.status, gone.body.message], [404, "Registered Model with name=old not found"]);
});

Deno.test("a deleted model takes everything with it, and its name is free again", async () => {
  await using weir = await startWeir();
  await create(weir, "m", { description: "d" });
  await addVersion(weir, "m");
  await weir.ok("POST", `${models}/alias`, { name: "m", alias: "a", version: "1" });
  await weir.ok("DELETE", `${models}/delete`, { name: "m" });
  assert.equal((await weir.call("DELETE", `${models}/delete`, { name: "m" })).status, 404);
  await create(weir, "m");
  assert.equal((await get(weir, "m")).aliases, undefined);
  assert.equal((await addVersion(weir, "m")).version, "1");
});

Deno.test("tags are set again and again, and deleting one that is not there is fine", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  for (const value of ["v", "w"]) await weir.ok("POST", `${models}/set-tag`, { name: "m", key: "constructor", value });
  assert.deepEqual((await get(weir, "m")).tags, [{ key: "constructor", value: "w" }]);
  for (const key of ["constructor", "constructor", "toString"]) {
    await weir.ok("DELETE", `${models}/delete-tag`, { name: "m", key });
  }
  assert.equal((await get(weir, "m")).tags, undefined);
  const unknown = await weir.call("POST", `${models}/set-tag`, { name: "x", key: "k", value: "v" });
  assert.deepEqual([unknown.status, unknown.body.message], [404, "Registered Model with name=x not found"]);
});

Deno.test("the latest versions are the newest of each stage, by GET and by POST", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  for (let version = 1; version <= 4; version++) await addVersion(weir, "m");
  for (const version of ["1", "2"]) {
    await weir.ok("POST", `${versions}/transition-stage`, { name: "m", version, stage: "Staging" });
  }
  const path = `${models}/get-latest-versions`;
  const numbers = (answer: { model_versions?: { version: string }[] }) =>
    answer.model_versions?.map((one) => one.version);
  assert.deepEqual(numbers(await weir.ok("GET", `${path}?name=m`)), ["2", "4"]);
  assert.deepEqual(numbers(await weir.ok("POST", path, { name: "m", stages: ["staging"] })), ["2"]);
  assert.deepEqual(numbers(await weir.ok("GET", `${path}?name=m&stages=None&stages=Production`)), ["4"]);
  assert.deepEqual(await weir.ok("POST", path, { name: "m", stages: ["Production"] }), {});
  assert.equal((await weir.call("GET", `${path}?name=m&stages=x`)).status, 400);
  assert.equal((await weir.call("GET", `${path}?name=x`)).status, 404);
});

Deno.test("an alias moves from version to version, and latest is always the newest", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  const byAlias = (alias: string) => weir.call("GET", `${models}/alias?name=m&alias=${alias}`);
  assert.deepEqual((await byAlias("latest")).status, 404);
  for (let version = 1; version <= 2; version++) await addVersion(weir, "m");
  for (const version of ["1", "2"]) {
    await weir.ok("POST", `${models}/alias`, { name: "m", alias: "champion", version });
    assert.equal((await byAlias("champion")).body.model_version.version, version);
  }
  assert.deepEqual((await byAlias("champion")).body.model_version.aliases, ["champion"]);
  assert.equal((await byAlias("LATEST")).body.model_version.version, "2");
  const missing = await byAlias("none");
  assert.deepEqual([missing.status, missing.body], [400, {
    error_code: "INVALID_PARAMETER_VALUE",
    message: "Registered model alias none not found.",
  }]);
  for (let times = 0; times < 2; times++) await weir.ok("DELETE", `${models}/alias`, { name: "m", alias: "champion" });
  assert.equal((await byAlias("champion")).status, 400);
  const unknown = await weir.call("POST", `${models}/alias`, { name: "m", alias: "a", version: "9" });
  assert.deepEqual([unknown.status, unknown.body.message], [404, "Model Version (name=m, version=9) not found"]);
});

Deno.test("the history tells who changed what, when and why, newest first, page by page", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  await addVersion(weir, "m");
  await weir.ok("POST", `${versions}/transition-stage`, {
    name: "m",
    version: "1",
    stage: "Staging",
    comment: "passed",
  });
  await weir.ok("POST", `${models}/alias`, { name: "m", alias: "champion", version: "1", comment: "best so far" });
  await weir.ok("PATCH", `${versions}/update`, { name: "m", version: "1", description: "d", comment: "typo" });
  const { entries } = await history(weir, "name=m");
  const told = entries.map((
    one: Record<string, unknown>,
  ) => [one.entity, one.action, one.version, one.comment, one.who]);
  assert.deepEqual(told, [
    ["model_version", "updated", "1", "typo", "anyone"],
    ["model_version_alias", "created", "1", "best so far", "anyone"],
    ["model_version", "stage_changed", "1", "passed", "anyone"],
    ["model_version", "created", "1", undefined, "anyone"],
    ["registered_model", "created", undefined, undefined, "anyone"],
  ]);
  assert.deepEqual(entries[2].detail, { from: "None", to: "Staging" });
  const first = await history(weir, "name=m&max_results=2");
  const second = await history(weir, `name=m&max_results=3&page_token=${first.next_page_token}`);
  assert.deepEqual([...first.entries, ...second.entries], entries);
  assert.equal(second.next_page_token, undefined);
  assert.equal((await history(weir, "name=m&version=1")).entries.length, 4);
  const other = await weir.call(
    "GET",
    `/api/weir/1/registered-models/history?name=x&page_token=${first.next_page_token}`,
  );
  assert.equal(other.status, 400);
});

Deno.test("the history follows a model through its names, outlives it, and leaves out those that had a name later", async () => {
  await using weir = await startWeir();
  await create(weir, "a");
  await weir.ok("POST", `${models}/rename`, { name: "a", new_name: "b" });
  await create(weir, "a");
  await weir.ok("DELETE", `${models}/delete`, { name: "b" });
  const { entries } = await history(weir, "name=b");
  const told = entries.map((one: Record<string, unknown>) => [one.name, one.action]);
  assert.deepEqual(told, [["b", "deleted"], ["b", "renamed"], ["a", "created"]]);
});

Deno.test("a change that is refused leaves no trace", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  await create(weir, "n");
  await weir.call("POST", `${models}/rename`, { name: "m", new_name: "n" });
  await weir.call("POST", `${models}/alias`, { name: "m", alias: "a", version: "7" });
  await weir.call("POST", `${versions}/transition-stage`, { name: "m", version: "7", stage: "Staging" });
  await weir.ok("DELETE", `${models}/delete-tag`, { name: "m", key: "none" });
  assert.equal((await history(weir, "name=m")).entries.length, 1);
});

Deno.test("search finds models and leaves prompts to those who ask for them", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  await create(weir, "p", { tags: [promptTag] });
  const names = async (query: string) =>
    (await weir.ok("GET", `${models}/search${query}`)).registered_models?.map((one: { name: string }) => one.name);
  assert.deepEqual(await names(""), ["m"]);
  const filter = encodeURIComponent("tags.`mlflow.prompt.is_prompt` = 'true'");
  assert.deepEqual(await names(`?filter=${filter}`), ["p"]);
  assert.deepEqual(await weir.ok("GET", `${models}/search?filter=${encodeURIComponent("name = 'x'")}`), {});
});

Deno.test("no input of the registry is answered by a 5xx", async () => {
  await using weir = await startWeir();
  await create(weir, "m");
  await addVersion(weir, "m");
  const run_id = await weir.startRun();
  const odd = [
    "",
    " ",
    "\0",
    "\ud800",
    "é",
    "0",
    "-1",
    "2147483648",
    "9".repeat(400),
    "x".repeat(3000),
    "a/b",
    "..",
    "__proto__",
  ];
  const sources = ["models:/m/1", "models:/m@a", `runs:/${run_id}/p`, "s3://b/p", "file:///etc", "%", "dummy-source"];
  const texts = fc.oneof(
    fc.constantFrom("m", "1", run_id, "Staging", "a", ...odd, ...sources),
    fc.string({ unit: "binary" }),
  );
  const leaf = fc.oneof(
    { weight: 5, arbitrary: texts },
    fc.constantFrom(null, true, 5, 1.5, -1e400, [], {}, [5], ["Staging"]),
  );
  const tag = fc.record({ key: leaf, value: leaf }, { requiredKeys: [], noNullPrototype: true });
  const fields = "name new_name version stage alias key value source run_id model_id run_link description comment"
    .split(" ");
  const more = {
    tags: fc.array(tag, { maxLength: 2 }),
    stages: fc.array(leaf, { maxLength: 2 }),
    archive_existing_versions: leaf,
  };
  const bodies = fc.record({ ...Object.fromEntries(fields.map((field) => [field, leaf])), ...more }, {
    requiredKeys: [],
  });
  const known = fc.constantFrom({}, { name: "m" }, { name: "m", version: "1" }, {
    name: "m",
    version: "1",
    alias: "a",
    key: "k",
  });
  const endpoints = fc.constantFrom(
    ...[...registeredModelEndpoints, ...modelVersionEndpoints].map(({ method, path }) => ({ method, path })),
  );
  await fc.assert(
    fc.asyncProperty(endpoints, bodies, known, async ({ method, path }, body, fixed) => {
      const sent = { ...body, ...fixed };
      const answer = method === "GET"
        ? await weir.call(method, `${path}?${queryOf(sent)}`)
        : await weir.call(method, path, sent);
      assert.ok(answer.status < 500, `${method} ${path} ${JSON.stringify(sent)}: ${JSON.stringify(answer.body)}`);
      if (answer.status >= 400) assert.ok(answer.body.error_code && answer.body.message);
    }),
    { numRuns: 1000 },
  );
});

const queryOf = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields).map(([key, value]) =>
    `${key}=${encodeURIComponent((typeof value === "string" ? value : JSON.stringify(value)).toWellFormed())}`
  ).join("&");
