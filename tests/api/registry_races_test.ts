import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

/** Many clients at once: the answers must be those of some order of the requests, and none a 5xx. */

const models = "registered-models";
const versions = "model-versions";
const atOnce = 32;

type Answer = Awaited<ReturnType<Weir["call"]>>;

const together = (request: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: atOnce }, (_, index) => request(index)));

const addVersion = (weir: Weir, name: string) => weir.call("POST", `${versions}/create`, { name, source: "s3://b/p" });

async function modelWithVersions(weir: Weir, name: string, count: number): Promise<void> {
  await weir.ok("POST", `${models}/create`, { name });
  for (let version = 0; version < count; version++) await addVersion(weir, name);
}

/** Fails unless every answer is a success or one of these refusals. */
function allowOnly(answers: readonly Answer[], ...codes: string[]): void {
  const odd = answers.filter(({ status, body }) => status !== 200 && !codes.includes(body.error_code));
  assert.deepEqual(odd, []);
}

const history = async (weir: Weir, name: string) =>
  (await weir.ok("GET", `/api/weir/1/registered-models/history?name=${name}&max_results=1000`)).entries;

Deno.test("versions that are made at once get each a number of its own, without a gap", async () => {
  await using weir = await startWeir();
  for (const name of ["m", "n"]) await weir.ok("POST", `${models}/create`, { name });
  const answers = await together((index) => addVersion(weir, index % 2 === 0 ? "m" : "n"));
  allowOnly(answers);
  for (const name of ["m", "n"]) {
    const given = answers.map(({ body }) => body.model_version).filter((version) => version.name === name);
    const numbers = given.map((version) => Number(version.version)).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: atOnce / 2 }, (_, index) => index + 1));
  }
});

Deno.test("of models that are made at once under one name, one is made and the others are told so", async () => {
  await using weir = await startWeir();
  const answers = await together(() => weir.call("POST", `${models}/create`, { name: "m" }));
  allowOnly(answers, "RESOURCE_ALREADY_EXISTS");
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

Deno.test("an alias that is moved at once by many ends where the last one put it, and the trail is one chain", async () => {
  await using weir = await startWeir();
  await modelWithVersions(weir, "m", 4);
  const answers = await together((index) =>
    weir.call("POST", `${models}/alias`, { name: "m", alias: "champion", version: String(index % 4 + 1) })
  );
  allowOnly(answers);
  const moves = (await history(weir, "m"))
    .filter((entry: { entity: string }) => entry.entity === "model_version_alias")
    .map((entry: { detail: { from?: string; to: string } }) => entry.detail)
    .reverse();
  assert.equal(moves.length, atOnce);
  moves.forEach((move: { from?: string }, index: number) => assert.equal(move.from, moves[index - 1]?.to));
  const { model_version } = await weir.ok("GET", `${models}/alias?name=m&alias=champion`);
  assert.equal(model_version.version, moves.at(-1).to);
});

Deno.test("transitions that archive the others leave one version in the stage", async () => {
  await using weir = await startWeir();
  await modelWithVersions(weir, "m", 8);
  const answers = await together((index) =>
    weir.call("POST", `${versions}/transition-stage`, {
      name: "m",
      version: String(index % 8 + 1),
      stage: index % 3 === 0 ? "Staging" : "Production",
      archive_existing_versions: true,
    })
  );
  allowOnly(answers);
  const all = (await weir.ok("GET", `${versions}/search?filter=${encodeURIComponent("name = 'm'")}`)).model_versions;
  for (const stage of ["Staging", "Production"]) {
    const inStage = all.filter((version: { current_stage: string }) => version.current_stage === stage);
    assert.ok(inStage.length <= 1, `${inStage.length} in ${stage}`);
  }
});

Deno.test("aliases that are set while versions are deleted never stand for a version that is gone", async () => {
  await using weir = await startWeir();
  await modelWithVersions(weir, "m", 8);
  const answers = await together((index) => {
    const version = String(index % 8 + 1);
    return index < 16
      ? weir.call("POST", `${models}/alias`, { name: "m", alias: `a${index}`, version })
      : weir.call("DELETE", `${versions}/delete`, { name: "m", version });
  });
  allowOnly(answers, "RESOURCE_DOES_NOT_EXIST");
  const { registered_model } = await weir.ok("GET", `${models}/get?name=m`);
  assert.deepEqual([registered_model.aliases, registered_model.latest_versions], [undefined, undefined]);
});

Deno.test("models that swap their names, and others that want them, end with every name given once", async () => {
  await using weir = await startWeir();
  for (const name of ["a", "b"]) await weir.ok("POST", `${models}/create`, { name });
  const answers = await together((index) => {
    const rename = (name: string, new_name: string) => weir.call("POST", `${models}/rename`, { name, new_name });
    return [
      () => rename("a", "b"),
      () => rename("b", "a"),
      () => rename("a", "c"),
      () => rename("c", "a"),
      () => weir.call("POST", `${models}/create`, { name: "c" }),
      () => weir.call("DELETE", `${models}/delete`, { name: "c" }),
    ][index % 6]!();
  });
  allowOnly(answers, "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST");
  const { registered_models = [] } = await weir.ok("GET", `${models}/search`);
  const names = registered_models.map((model: { name: string }) => model.name);
  assert.equal(new Set(names).size, names.length);
  const made = answers.filter((answer, index) => index % 6 === 4 && answer.status === 200).length;
  const deleted = answers.filter((answer, index) => index % 6 === 5 && answer.status === 200).length;
  assert.equal(names.length, 2 + made - deleted);
});

Deno.test("a model that is deleted under its writers ends them with 404, and leaves nothing behind", async () => {
  await using weir = await startWeir();
  await modelWithVersions(weir, "m", 2);
  const answers = await together((index) =>
    [
      () => addVersion(weir, "m"),
      () => weir.call("POST", `${versions}/set-tag`, { name: "m", version: "1", key: "k", value: "v" }),
      () => weir.call("POST", `${models}/set-tag`, { name: "m", key: "k", value: "v" }),
      () => weir.call("DELETE", `${models}/delete`, { name: "m" }),
    ][index % 4]!()
  );
  allowOnly(answers, "RESOURCE_DOES_NOT_EXIST");
  const deleted = answers.filter((answer, index) => index % 4 === 3 && answer.status === 200);
  assert.equal(deleted.length, 1);
  assert.equal((await weir.call("GET", `${models}/get?name=m`)).status, 404);
  assert.equal((await history(weir, "m"))[0].action, "deleted");
});

Deno.test("versions that are made at once of one logged model are all in its tag", async () => {
  await using weir = await startWeir();
  for (const name of ["m", "n"]) await weir.ok("POST", `${models}/create`, { name });
  const { model_id } = (await weir.ok("POST", "logged-models", { experiment_id: "0" })).model.info;
  const answers = await together((index) =>
    weir.call("POST", `${versions}/create`, { name: "mn"[index % 2], source: `models:/${model_id}`, model_id })
  );
  allowOnly(answers);
  const { info } = (await weir.ok("GET", `logged-models/${model_id}`)).model;
  assert.equal(JSON.parse(info.tags[0].value).length, atOnce);
  assert.equal(info.registrations.length, atOnce);
});
