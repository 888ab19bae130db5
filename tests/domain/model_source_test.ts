import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkModelSource,
  checkSourceScheme,
  loggedModelSource,
  runSource,
  type SourceOwner,
  versionSource,
} from "../../domain/model_source.ts";

const nobody: SourceOwner = { by: "run_id", id: "" };
const run: SourceOwner = { by: "run_id", id: "r1", artifact_uri: "mlflow-artifacts:/0/r1/artifacts" };
const localRun: SourceOwner = { by: "run_id", id: "r1", artifact_uri: "file:///data/0/r1/artifacts" };
const model: SourceOwner = { by: "model_id", id: "m-1", artifact_uri: "mlflow-artifacts:/0/models/m-1/artifacts" };

const accepts = (source: string, owner: SourceOwner) =>
  assert.doesNotThrow(() => checkModelSource(source, owner), source);
const refuses = (source: string, owner: SourceOwner, why: RegExp) => {
  assert.throws(() => checkModelSource(source, owner), { code: "INVALID_PARAMETER_VALUE", message: why }, source);
};

const notStraight = /Please provide an absolute path\.$/;
const notOwned = (by: string) =>
  new RegExp(`The ${by} request parameter must identify the resource that contains the source`);
const notLocal = (by: string) =>
  new RegExp(`To use a local path as a model version source, the ${by} request parameter`);

Deno.test("a source in a store that clients reach by themselves needs no owner", () => {
  for (const owner of [nobody, run, model]) {
    const sources = [
      "s3://b/p",
      "gs://b/a..b",
      "dbfs:/p",
      "wasbs://c@a.blob.core.windows.net/p",
      "s3://b//c",
      "s3://b/a+b",
    ];
    for (const source of sources) accepts(source, owner);
  }
});

Deno.test("a source that names a host to connect to is refused", () => {
  const sources = [
    "http://h/x",
    "HTTPS://h/x",
    "ftp://h/x",
    "hdfs://h/x",
    "abfss://c@h/p",
    "mlflow-artifacts://h:5000/0/r1",
  ];
  for (const source of [...sources, " http://h/x", "ht\ntp://h/x"]) {
    assert.throws(() => checkSourceScheme(source), /^ApiError: 'source' cannot use the '[a-z-]+' scheme/, source);
  }
  for (const source of ["s3://b/p", "mlflow-artifacts:/0/r1", "foo", "runs:/r/p"]) {
    assert.doesNotThrow(() => checkSourceScheme(source), source);
  }
  assert.throws(() => checkSourceScheme("s3://b/" + "x".repeat(2048)), /'source' exceeds the maximum length/);
});

Deno.test("a path is straight and absolute, however often it was encoded", () => {
  const detours = [
    "s3://b/a/../c",
    "s3://b/%2e%2e/c",
    "s3://b/%252e%252e/c",
    "s3://b/./c",
    "s3://b/a%00",
    "s3://b/..?x",
  ];
  const relative = ["s3://b", "s3://b/", "s3:b", "dbfs:p", "runs:r1/p", "mlflow-artifacts:/0/r1/artifacts/../../x"];
  for (const source of [...detours, ...relative]) refuses(source, run, notStraight);
});

Deno.test("no spelling of a step up gets through in any part of a path", () => {
  const escaped = (text: string, times: number): string =>
    times === 0 ? text : escaped(text.replaceAll(/[%./]/g, (c) => `%${c.charCodeAt(0).toString(16)}`), times - 1);
  const steps = fc.tuple(fc.constantFrom("..", "../..", "a/../../b"), fc.integer({ min: 0, max: 5 }))
    .map(([step, times]) => escaped(step, times));
  const names = fc.array(fc.stringMatching(/^[a-z0-9.+ -]{1,8}$/), { maxLength: 3 }).map((parts) => parts.join("/"));
  const roots = fc.constantFrom("s3://b/", "dbfs:/", "mlflow-artifacts:/0/r1/artifacts/", "runs:/r1/", "weird:///");
  fc.assert(fc.property(roots, names, steps, names, (root, before, step, after) => {
    refuses([root + before, step, after].join("/"), run, notStraight);
  }));
});

Deno.test("a source below a run is that run's", () => {
  for (const source of ["runs:/r1", "runs:/r1/p/q", "RUNS:/r1/p"]) {
    accepts(source, run);
    refuses(source, nobody, notOwned("run_id"));
    refuses(source, { ...run, id: "r2" }, notOwned("run_id"));
    refuses(source, model, notOwned("model_id"));
  }
  refuses("runs://r1/p", run, notOwned("run_id"));
  refuses("runs://h/r1/p", run, notOwned("run_id"));
});

Deno.test("a source in the server's own store lies within what the owner has there", () => {
  for (const source of ["mlflow-artifacts:/0/r1/artifacts", "mlflow-artifacts:///0/r1//artifacts/p"]) {
    accepts(source, run);
    refuses(source, nobody, notOwned("run_id"));
    refuses(source, model, notOwned("model_id"));
  }
  accepts("mlflow-artifacts:/0/models/m-1/artifacts", model);
  for (const path of ["0/r1/artifactsx", "0/r1", "0/r2/artifacts/p", "", "0%2fr1/artifacts"]) {
    assert.throws(() => checkModelSource(`mlflow-artifacts:/${path}`, run), path);
  }
});

Deno.test("what lies in the owner's own folder is the owner's, and nothing beside it is", () => {
  const parts = fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(parts, parts, (root, source) => {
    const owner: SourceOwner = { by: "run_id", id: "r", artifact_uri: `mlflow-artifacts:/${root.join("/")}` };
    const inside = root.every((part, index) => source[index] === part);
    const uri = `mlflow-artifacts:/${source.join("/")}`;
    if (inside) accepts(uri, owner);
    else refuses(uri, owner, notOwned("run_id"));
    accepts(`mlflow-artifacts:/${[...root, ...source].join("/")}`, owner);
  }));
});

Deno.test("a local path lies in the artifacts of the run, which are local too", () => {
  for (
    const path of [
      "/data/0/r1/artifacts",
      "/data/0/r1/artifacts/p",
      "file:///data/0/r1/artifacts/p",
      "file://localhost/data/0/r1/artifacts",
    ]
  ) {
    accepts(path, localRun);
    refuses(path, nobody, notLocal("run_id"));
    refuses(path, run, notLocal("run_id"));
    refuses(path, model, notLocal("model_id"));
  }
  const elsewhere = [
    "foo",
    "",
    "/etc/passwd",
    "/data/0/r1/artifactsx",
    "/data/0/r1/artifacts/../../r2",
    "\\\\h\\x",
    "file:///etc",
  ];
  const encoded = ["/data/0/r1/artifacts/%2e%2e/x", "file:///data/0/r1/artifacts/%2E%2E/x"];
  for (const path of [...elsewhere, ...encoded]) refuses(path, localRun, notLocal("run_id"));
  refuses("file://host/data/0/r1/artifacts", localRun, /is not a valid remote uri/);
  refuses("/x", { by: "run_id", id: "gone" }, notOwned("run_id"));
  refuses("/x", { by: "model_id", id: "gone" }, notOwned("model_id"));
});

Deno.test("a logged model is named by its id alone, and must be the one that the request names", () => {
  assert.equal(loggedModelSource("models:/m-1"), "m-1");
  assert.equal(versionSource("models:/m-1"), undefined);
  accepts("models:/m-1", model);
  for (const owner of [run, nobody, { ...model, id: "m-2" }]) refuses("models:/m-1", owner, notOwned("model_id"));
});

Deno.test("another version is named by its number, an alias, a stage or as the latest", () => {
  assert.deepEqual(versionSource("models:/a b/7"), { name: "a b", version: "7" });
  assert.deepEqual(versionSource("models:/m/Production"), { name: "m", stage: "Production" });
  assert.deepEqual(versionSource("models:/m/LATEST"), { name: "m" });
  assert.deepEqual(versionSource("models:/m@x@champion"), { name: "m@x", alias: "champion" });
  assert.deepEqual(versionSource("models:/a#b/1"), { name: "a#b", version: "1" });
  assert.equal(versionSource("s3://b/p"), undefined);
  for (const source of ["models:/", "models:/m/", "models:/m/1/2", "models:/m@", "models:m/1", "models:/ /1"]) {
    assert.throws(() => versionSource(source), notOwned("model_id"), source);
  }
  assert.throws(() => versionSource("models://h/m/1"), /must use the active model registry/);
});

Deno.test("a URI of a run tells the run and the path in it", () => {
  assert.deepEqual(runSource("runs:/r1/a/b"), { run_id: "r1", path: "a/b" });
  assert.deepEqual(runSource("runs:/r1"), { run_id: "r1", path: "" });
  assert.equal(runSource("s3://b/p"), undefined);
});

Deno.test("no text makes the rules fail in another way than by refusing it", () => {
  const sources = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.tuple(
      fc.constantFrom("runs:", "models:", "file:", "mlflow-artifacts:", "s3:", "C:", "", "%"),
      fc.string({ unit: fc.constantFrom("/", ".", "%", "2", "e", "@", "#", "?", "\\", "[", "a", " ", "+") }),
    ).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(sources, fc.constantFrom(nobody, run, localRun, model), (source, owner) => {
      try {
        checkSourceScheme(source);
        versionSource(source);
        checkModelSource(source, owner);
      } catch (error) {
        assert.ok(error instanceof Error && error.name === "ApiError", String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
