import { deepEqual, equal, rejects } from "node:assert/strict";
import { abandonedChanges, isChanging } from "../../db/artifact_changes.ts";
import { recordedFile, recordFile, totalsOf } from "../../db/artifact_files.ts";
import { settle } from "../../runners/artifact_check.ts";
import { startWeir, type Weir } from "../weir.ts";

const body = (text: string) => new Blob([text]).stream();

async function totalOf(weir: Weir, folder: string) {
  const uri = `mlflow-artifacts:/${folder}`;
  return (await totalsOf(weir.services.sql, [uri])).get(uri);
}

async function put(weir: Weir, path: string, text: string): Promise<void> {
  const response = await weir.app.request(`/api/2.0/mlflow-artifacts/artifacts/${path}`, { method: "PUT", body: text });
  equal(response.status, 200, await response.text());
}

interface Line {
  finding?: { finding: string; uri: string; size: number | null; recorded_size: number | null };
  summary?: Record<string, number>;
}

async function check(weir: Weir, repair = false) {
  const response = await weir.app.request(`/api/weir/1/artifacts/check?repair=${repair}`, { method: "POST" });
  equal(response.status, 200);
  const lines = (await response.text()).trim().split("\n").map((line): Line => JSON.parse(line));
  return { findings: lines.flatMap(({ finding }) => finding ?? []), summary: lines.at(-1)?.summary };
}

Deno.test("a check finds nothing where all went through the server", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (const name of ["a", "a.b", "a0", "d/é", "d/😀"]) {
    await put(weir, `0/${run_id}/artifacts/${encodeURI(name)}`, name);
  }
  await put(weir, `0/${run_id}/artifacts/a`, "again");
  await weir.app.request(`/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/a0`, { method: "DELETE" });
  const { findings, summary } = await check(weir);
  deepEqual(findings, []);
  deepEqual([summary?.files, summary?.bytes], [4, 5 + 3 + 4 + 6]);
  deepEqual(await totalOf(weir, `0/${run_id}/artifacts`), { files: 4, bytes: 18 });
});

Deno.test("a check tells what store and notes do not say alike, and repairs the notes when it is asked to", async () => {
  await using weir = await startWeir();
  const { services: { artifacts: { own }, sql } } = weir;
  const run_id = await weir.startRun();
  const folder = `0/${run_id}/artifacts`;
  const uri = (name: string) => `mlflow-artifacts:/${folder}/${name}`;
  await put(weir, `${folder}/good`, "good");
  await put(weir, `${folder}/gone`, "gone");
  await put(weir, `${folder}/grown`, "grown");
  await put(weir, "nobody/file", "x");
  await own.remove(`${folder}/gone`);
  await own.put(`${folder}/grown`, body("grown more"));
  await own.put(`${folder}/unseen`, body("unseen"));
  const expected = [
    { finding: "missing", uri: uri("gone"), size: null, recorded_size: 4 },
    { finding: "other_size", uri: uri("grown"), size: 10, recorded_size: 5 },
    { finding: "not_recorded", uri: uri("unseen"), size: 6, recorded_size: null },
    { finding: "no_owner", uri: "mlflow-artifacts:/nobody/file", size: 1, recorded_size: 1 },
  ];
  deepEqual((await check(weir)).findings, expected);
  const { findings, summary } = await check(weir, true);
  deepEqual([findings, summary?.repaired], [expected, 3]);
  deepEqual((await check(weir)).findings, expected.slice(3));
  deepEqual(await totalOf(weir, folder), { files: 3, bytes: 20 });
  equal((await recordedFile(sql, uri("good")))?.checksum.slice(0, 7), "sha256:");
});

Deno.test("what is being uploaded is no finding, and what a server left that died is settled by another", async () => {
  await using weir = await startWeir();
  const { services } = weir;
  const run_id = await weir.startRun();
  const uri = `mlflow-artifacts:/0/${run_id}/artifacts/a`;
  const path = uri.slice("mlflow-artifacts:/".length);
  await put(weir, path, "old");
  // As if the process had ended between store and note.
  await rejects(services.files.upload(uri, async () => {
    await services.artifacts.own.put(path, body("newer"));
    throw new Error("killed");
  }));
  equal(await isChanging(services.sql, uri), true);
  deepEqual((await check(weir)).findings, []);
  deepEqual(await abandonedChanges(services.sql, 100), []);
  const [abandoned] = await abandonedChanges(services.sql, -100);
  equal(abandoned?.uri, uri);
  await settle(services, uri);
  equal((await recordedFile(services.sql, uri))?.size, 5);
});

Deno.test("a removal that was cut is settled, be it of a file or of a folder", async () => {
  await using weir = await startWeir();
  const { services } = weir;
  const run_id = await weir.startRun();
  const folder = `0/${run_id}/artifacts`;
  for (const name of ["d/a", "d/b", "file", "kept"]) await put(weir, `${folder}/${name}`, "x");
  await services.artifacts.own.remove(`${folder}/d/a`);
  await services.artifacts.own.remove(`${folder}/file`);
  await settle(services, `mlflow-artifacts:/${folder}/d`);
  await settle(services, `mlflow-artifacts:/${folder}/file`);
  await settle(services, `mlflow-artifacts:/${folder}/never-there`);
  await settle(services, "s3-like-nothing://x/y");
  deepEqual((await check(weir)).findings, []);
  deepEqual(await totalOf(weir, folder), { files: 2, bytes: 2 });
});

Deno.test("files of runs, models and traces have an owner while it is there", async () => {
  await using weir = await startWeir();
  const { services: { sql, artifacts: { own } } } = weir;
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m" });
  const paths = [`0/models/${model.info.model_id}/artifacts/a`, `0/models/m-${"0".repeat(32)}/artifacts/a`];
  for (const path of paths) {
    await own.put(path, body("x"));
    await recordFile(sql, { uri: `mlflow-artifacts:/${path}`, size: 1, checksum: "etag:x", stored_at: 1 });
  }
  deepEqual((await check(weir)).findings.map(({ finding, uri }) => [finding, uri.slice(18)]), [["no_owner", paths[1]]]);
});
