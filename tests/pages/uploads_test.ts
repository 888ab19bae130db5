import assert from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { usedUploads } from "../../db/project_uploads.ts";
import { removeUnusedUploads } from "../../runners/project_uploads.ts";
import { pageTest } from "../browser.ts";
import { startWeir, type Weir } from "../weir.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function send(weir: Weir, files: readonly [field: string, name: string, content: Uint8Array][]) {
  const form = new FormData();
  for (const [field, name, content] of files) form.append(field, new File([new Uint8Array(content)], name));
  // As a browser sends it: with its length.
  const { headers, body } = new Response(form);
  const bytes = await new Response(body).bytes();
  return await weir.app.request("/projects/uploads", {
    method: "POST",
    body: bytes,
    headers: {
      accept: "application/json",
      "content-type": headers.get("content-type") ?? "",
      "content-length": String(bytes.length),
    },
  });
}

/** The address of the project that a look is of. */
async function uriOf(weir: Weir, answer: Response): Promise<string> {
  assert.equal(answer.status, 303, await answer.clone().text());
  const look = /look=(\w+)/.exec(answer.headers.get("location") ?? "")?.[1];
  return (await weir.ok("GET", `/api/weir/1/project-looks/${look}`)).look.uri;
}

pageTest("a folder of the reader's machine is uploaded and looked at", async ({ page, weir }) => {
  const folder = await Deno.makeTempDir({ prefix: "weir-upload-" });
  try {
    await Deno.mkdir(join(folder, "wine", "src", "__pycache__"), { recursive: true });
    await Deno.writeTextFile(join(folder, "wine", "MLproject"), "name: wine");
    await Deno.writeTextFile(join(folder, "wine", "src", "train.py"), "print(1)");
    await Deno.writeTextFile(join(folder, "wine", "src", "__pycache__", "a.pyc"), "no");
    await page.goto("/projects/new");
    await page.getByLabel("A folder", { exact: true }).setInputFiles(join(folder, "wine"));
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    await page.getByText("Reading the project").waitFor();
    assert.equal(await page.getByText("wine", { exact: true }).count(), 1);
    const look = /look=(\w+)/.exec(page.url())?.[1];
    const { uri } = (await weir.ok("GET", `/api/weir/1/project-looks/${look}`)).look;
    const path = uri.replace("mlflow-artifacts:/", "/api/2.0/mlflow-artifacts/artifacts/");
    const { unzipSync } = await import("fflate");
    const zip = unzipSync(await (await weir.app.request(path)).bytes());
    assert.deepEqual(Object.keys(zip).sort(), ["MLproject", "src/train.py"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the same project is one upload, as a folder or as a zip file", async () => {
  await using weir = await startWeir();
  const files = { "p/MLproject": bytes("name: p"), "p/a.py": bytes("1") };
  const folder = await send(weir, Object.entries(files).map(([name, content]) => ["files", name, content]));
  const zip = await send(weir, [["files", "", new Uint8Array()], ["zip", "p.zip", zipSync(files)]]);
  const uri = await uriOf(weir, folder);
  assert.match(uri, /^mlflow-artifacts:\/projects\/[0-9a-f]{64}\/p\.zip$/);
  assert.equal(await uriOf(weir, zip), uri);
});

Deno.test("an upload that is no project is refused with the reason, and nothing is kept", async () => {
  await using weir = await startWeir();
  const wrong: [[string, string, Uint8Array][], RegExp][] = [
    [[], /choose a folder, or a zip file/],
    [[["files", "", new Uint8Array()]], /choose a folder/],
    [[["files", "p/../../a", bytes("x")]], /leads out of it/],
    [[["files", "p/a\\b", bytes("x")]], /leads out of it/],
    [[["files", "p/.git/config", bytes("x")]], /no files/],
    [[["zip", "p.zip", bytes("x")]], /no readable ZIP file/],
    [[["zip", "p.zip", zipSync({ "../a": bytes("x") })]], /leads out of it/],
    [[["zip", "p.zip", zipSync({ "/a": bytes("x") })]], /leads out of it/],
  ];
  for (const [files, message] of wrong) {
    const answer = await send(weir, files);
    assert.equal(answer.status, 400);
    assert.match((await answer.json()).message, message);
  }
  for (const length of ["1", "400000000", ""]) {
    const headers = { accept: "application/json", ...(length !== "" && { "content-length": length }) };
    const answer = await weir.app.request("/projects/uploads", { method: "POST", body: "x", headers });
    assert.equal(answer.status, 400);
    const { message } = await answer.json();
    assert.match(message, length === "1" ? /must be a form/ : length === "" ? /Content-Length/ : /104857600 bytes/);
  }
  assert.deepEqual(await Array.fromAsync(weir.services.artifacts.own.walk("")), []);
});

Deno.test("uploads that nothing names are removed after a while, and no other", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const uris: string[] = [];
  for (const name of ["job", "sweep", "schedule", "nothing"]) {
    uris.push(await uriOf(weir, await send(weir, [["files", `${name}/a.py`, bytes(name)]])));
  }
  await sql`delete from weir.project_looks`;
  const [job, sweep, schedule] = uris;
  await weir.ok("POST", "/api/weir/1/jobs", { uri: `${job}#part` });
  await weir.ok("POST", "/api/weir/1/sweeps", { uri: sweep, space: [{ key: "a", values: [1] }] });
  await weir.ok("POST", "/api/weir/1/schedules", { uri: schedule, name: "s", cron: "@daily" });
  assert.equal((await usedUploads(sql)).size, 3);
  assert.equal(await removeUnusedUploads(weir.services, Date.now() - 60_000), 0);
  assert.equal(await removeUnusedUploads(weir.services, Date.now() + 60_000), 1);
  const left = (await Array.fromAsync(weir.services.artifacts.own.walk("projects"))).map(({ path }) =>
    path.split("/").at(-1)
  );
  assert.deepEqual(left.sort(), ["job.zip", "schedule.zip", "sweep.zip"]);
});
