import assert from "node:assert/strict";
import { localStore } from "../../artifacts/local.ts";
import { entryName } from "../../domain/zip.ts";
import { zipOf } from "../../routes/zip.ts";
import { needs } from "../tools.ts";
import { startWeir, type Weir } from "../weir.ts";

const pythonIsMissing = "There is no python3 on the PATH.";
const python = await new Deno.Command("python3", { args: ["-c", "import zipfile"] }).output().then(
  ({ success }) => success ? "python3" : undefined,
  () => undefined,
);
const needsPython = needs(python, pythonIsMissing);

/** What Python's zipfile finds in an archive once it has checked every file: name, size, time in UTC and text. */
const script = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, i.file_size, i.date_time, archive.read(i).decode("latin-1")] for i in archive.infolist()]))
`;

type Entry = [name: string, size: number, time: number[], text: string];

async function unzipped(bytes: Uint8Array): Promise<Entry[]> {
  const file = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(file, bytes);
    const { success, stdout, stderr } = await new Deno.Command("python3", { args: ["-c", script, file] }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(file);
  }
}

const folderOf = async (weir: Weir, run_id: string) =>
  (await weir.getRun(run_id)).info.artifact_uri.replace("mlflow-artifacts:/", "");

async function put(weir: Weir, folder: string, path: string, body: BodyInit): Promise<void> {
  const { own } = weir.services.artifacts;
  await own.put(`${folder}/${path}`, new Response(body).body!);
}

const get = (weir: Weir, query: string, method = "GET") =>
  Promise.resolve(weir.app.request(`/get-artifact-zip?${query}`, { method }));

Deno.test("a folder comes as a zip file with every file below it, whatever it is called", needsPython, async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const folder = await folderOf(weir, run_id);
  const files: Record<string, string> = {
    "model/MLmodel": "flavors",
    "model/a b.txt": "spaces",
    "model/100%.txt": "per cent",
    "model/%41": "escape",
    "model/dé/日本 🎉.txt": "unicode",
    "model/..hidden/...": "dots",
    "model/empty": "",
    "other.txt": "not below",
    "model2/near": "not below either",
  };
  for (const [path, text] of Object.entries(files)) await put(weir, folder, path, text);
  const response = await get(weir, `run_id=${run_id}&path=model`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/zip");
  assert.equal(response.headers.get("content-disposition"), "attachment; filename=model.zip");
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
  const entries = await unzipped(await response.bytes());
  const expected = Object.entries(files).filter(([path]) => path.startsWith("model/"));
  assert.deepEqual(
    entries.map(([name, size, , text]) => [name, size, text]).sort(),
    expected.map(([path, text]) => [path.slice("model/".length), text.length, text]).sort(),
  );
  const [year] = entries[0]![2];
  assert.equal(year, new Date().getUTCFullYear());
});

Deno.test("all files of a run, of a logged model and of a version come as zip files", needsPython, async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await put(weir, await folderOf(weir, run_id), "a/x", "of the run");
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "m" });
  const { model_id, artifact_uri } = model.info;
  await put(weir, artifact_uri.replace("mlflow-artifacts:/", ""), "MLmodel", "of the model");
  await weir.ok("POST", "registered-models/create", { name: "n é" });
  const source = `runs:/${run_id}/a`;
  await weir.ok("POST", "model-versions/create", { name: "n é", source, run_id });
  const seen = async (query: string) => {
    const response = await get(weir, query);
    const [[name, , , text] = []] = await unzipped(await response.bytes());
    return [response.headers.get("content-disposition"), name, text];
  };
  assert.deepEqual(await seen(`run_id=${run_id}`), [`attachment; filename=${run_id}.zip`, "a/x", "of the run"]);
  assert.deepEqual(await seen(`model_id=${model_id}`), [
    `attachment; filename=${model_id}.zip`,
    "MLmodel",
    "of the model",
  ]);
  assert.deepEqual(await seen("name=n+é&version=1"), [
    "attachment; filename=\"n _ v1.zip\"; filename*=UTF-8''n%20%C3%A9%20v1.zip",
    "x",
    "of the run",
  ]);
});

Deno.test("a folder that is empty or not there is a 404, and a path that leads elsewhere a 400", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const refused = async (query: string) => {
    const response = await get(weir, query);
    return [response.status, (await response.json()).message];
  };
  assert.deepEqual(await refused(`run_id=${run_id}&path=none`), [404, "No such artifact: 'none'"]);
  assert.deepEqual(await refused(`run_id=${run_id}`), [404, "No such artifact: ''"]);
  for (const path of ["../x", "a/../../x", "%252e%252e/x", "/etc", "a%5Cb", "a%23"]) {
    assert.deepEqual(await refused(`run_id=${run_id}&path=${path}`), [400, "Invalid path"], path);
  }
  assert.equal((await refused("run_id=nobody"))[0], 404);
  assert.equal((await refused("model_id=m-1"))[0], 404);
  assert.equal((await refused("name=n&version=1"))[0], 404);
  const one = "Exactly one of run_id, model_id, and name with version must be provided.";
  for (const query of ["", "path=a", "name=n", `run_id=${run_id}&model_id=m-1`, `run_id=${run_id}&name=n&version=1`]) {
    assert.deepEqual(await refused(query), [400, one], query);
  }
});

Deno.test("HEAD of a zip file tells its name and reads no file", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await put(weir, await folderOf(weir, run_id), "d/x", "1");
  const response = await get(weir, `run_id=${run_id}&path=d`, "HEAD");
  assert.deepEqual([response.status, response.headers.get("content-disposition"), await response.text()], [
    200,
    "attachment; filename=d.zip",
    "",
  ]);
});

Deno.test("a client that goes away ends the reading, and no file stays open", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const folder = await folderOf(weir, run_id);
  for (const name of ["a", "b", "c"]) await put(weir, folder, name, new Uint8Array(1_000_000));
  const response = await get(weir, `run_id=${run_id}`);
  const reader = response.body!.getReader();
  for (let part = 0; part < 5; part++) await reader.read();
  await reader.cancel(); // Deno's own check of leaked files sees the rest
});

Deno.test("a file that is cut off while it is read breaks the zip file off", async () => {
  const root = await Deno.makeTempDir({ prefix: "weir-zip-" });
  try {
    await Deno.mkdir(`${root}/d`);
    await Deno.writeFile(`${root}/d/a`, new Uint8Array(5_000_000));
    await Deno.writeTextFile(`${root}/d/b`, "1");
    const reader = (await zipOf(await localStore(root), "d"))!.getReader();
    for (let part = 0; part < 3; part++) await reader.read();
    await Deno.truncate(`${root}/d/a`);
    await assert.rejects(async () => {
      while (!(await reader.read()).done);
    }, /shorter/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("no name in a zip file leads out of the folder that it is unpacked to", () => {
  const names = {
    "../x": "__/x",
    "a/../../x": "a/__/__/x",
    "./x": "_/x",
    "/etc/passwd": "_/etc/passwd",
    "a//b": "a/_/b",
    "..\\x": ".._x",
    "C:/x": "__/x",
    "a\nb": "a_b",
    "...": "...",
    "..a": "..a",
    "100% #1": "100% #1",
  };
  for (const [path, name] of Object.entries(names)) assert.equal(entryName(path), name);
});
