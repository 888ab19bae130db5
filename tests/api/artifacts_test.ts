import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const proxy = "/api/2.0/mlflow-artifacts/artifacts";

const put = (weir: Weir, path: string, body: string): Promise<Response> =>
  Promise.resolve(weir.app.request(`${proxy}/${path}`, { method: "PUT", body }));

Deno.test("a file comes back as it was sent, as a download that no browser runs", async () => {
  await using weir = await startWeir();
  assert.equal((await put(weir, "0/r/artifacts/d%20d/%C3%A9.html", "<b>")).status, 200);
  const response = await weir.app.request(`${proxy}/0/r/artifacts/d%20d/%C3%A9.html`);
  assert.equal(await response.text(), "<b>");
  assert.equal(response.headers.get("content-type"), "text/html");
  assert.equal(
    response.headers.get("content-disposition"),
    "attachment; filename=\"_.html\"; filename*=UTF-8''%C3%A9.html",
  );
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
});

Deno.test("an empty file is a file", async () => {
  await using weir = await startWeir();
  assert.equal((await weir.app.request(`${proxy}/0/r/artifacts/empty`, { method: "PUT" })).status, 200);
  const response = await weir.app.request(`${proxy}/0/r/artifacts/empty`);
  assert.deepEqual([response.status, await response.text()], [200, ""]);
});

Deno.test("a part of a file can be had, and a file that is known is not sent again", async () => {
  await using weir = await startWeir();
  await put(weir, "0/r/artifacts/a.txt", "0123456789");
  const get = (headers: Record<string, string>) =>
    Promise.resolve(weir.app.request(`${proxy}/0/r/artifacts/a.txt`, { headers }));
  const part = await get({ range: "bytes=2-4" });
  assert.deepEqual([part.status, await part.text(), part.headers.get("content-range")], [206, "234", "bytes 2-4/10"]);
  const rest = await get({ range: "bytes=7-" });
  assert.deepEqual([rest.status, await rest.text()], [206, "789"]);
  const beyond = await get({ range: "bytes=10-" });
  assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, "bytes */10"]);
  const whole = await get({});
  await whole.body?.cancel();
  assert.equal((await get({ "if-none-match": whole.headers.get("etag")! })).status, 304);
});

Deno.test("a folder lists its entries by bare name through the proxy, and by the path in the run through the run", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const { artifact_uri } = (await weir.getRun(run_id)).info;
  const base = artifact_uri.replace("mlflow-artifacts:/", "");
  await put(weir, `${base}/d/x.txt`, "hello");
  await put(weir, `${base}/d/sub/y`, "");
  const listed = await weir.ok("GET", `${proxy}?path=${encodeURIComponent(`${base}/d`)}`);
  assert.deepEqual(listed.files, [{ path: "sub", is_dir: true }, { path: "x.txt", is_dir: false, file_size: 5 }]);
  const byRun = await weir.ok("GET", `artifacts/list?run_id=${run_id}&path=d`);
  assert.equal(byRun.root_uri, artifact_uri);
  assert.deepEqual(byRun.files, [{ path: "d/sub", is_dir: true }, { path: "d/x.txt", is_dir: false, file_size: 5 }]);
  assert.deepEqual(await weir.ok("GET", `${proxy}?path=${encodeURIComponent(`${base}/d/x.txt`)}`), {});
  assert.deepEqual((await weir.ok("GET", `artifacts/list?run_id=${run_id}&path=none`)).files, undefined);
});

Deno.test("a file of a run is served by run and path", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await put(weir, `0/${run_id}/artifacts/x.txt`, "hello");
  const response = await weir.app.request(`/get-artifact?run_id=${run_id}&path=x.txt`);
  assert.equal(await response.text(), "hello");
  assert.equal((await weir.call("GET", `/get-artifact?run_id=${run_id}&path=../x.txt`)).status, 400);
  assert.equal((await weir.call("GET", "/get-artifact?run_id=nobody&path=x.txt")).status, 404);
});

Deno.test("removing is recursive, and never takes an experiment or the whole store", async () => {
  await using weir = await startWeir();
  await put(weir, "0/r/artifacts/a", "1");
  const remove = (path: string) => weir.call("DELETE", `${proxy}/${path}`);
  for (const path of ["0", "", ".", "./.", "%2e", ".//", "0/.."]) {
    assert.notEqual((await remove(path)).status, 200, path);
  }
  assert.equal((await weir.call("GET", `${proxy}/0/r/artifacts/a`)).status, 200);
  assert.equal((await remove("0/r/artifacts")).status, 200);
  assert.equal((await remove("0/r/artifacts")).status, 200);
  const missing = await weir.call("GET", `${proxy}/0/r/artifacts/a`);
  assert.deepEqual([missing.status, missing.body.message], [404, "No such artifact: '0/r/artifacts/a'"]);
});

Deno.test("a path that could lead out of the store is refused, however it is spelt", async () => {
  await using weir = await startWeir();
  const spellings = ["%252e%252e/x", "a%5C..%5Cx", "a%00b", "..%2Fx", "..%252Fx", "a%23b", "%5C%5Chost%5Cx"];
  for (const spelling of spellings) {
    const path = `${proxy}/0/r/artifacts/${spelling}`;
    const answers = await Promise.all(["GET", "PUT", "DELETE"].map((method) => weir.app.request(path, { method })));
    assert.deepEqual([spelling, ...answers.map((answer) => answer.status)], [spelling, 400, 400, 400]);
  }
});
