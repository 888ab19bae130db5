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

/** Asks for a stored file of ten bytes. */
async function tenBytes(weir: Weir) {
  const path = `${proxy}/0/r/artifacts/ten.txt`;
  await put(weir, "0/r/artifacts/ten.txt", "0123456789");
  const ask = async (headers: Record<string, string>, method = "GET") => {
    const response = await weir.app.request(path, { headers, method });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const { headers } = await ask({});
  const etag = headers.get("etag") ?? "";
  const modified = headers.get("last-modified") ?? "";
  const seconds = (more: number) => new Date(Date.parse(modified) + 1000 * more).toUTCString();
  return { ask, etag, modified, seconds };
}

Deno.test("a range is answered with that part, wherever it begins and ends", async () => {
  await using weir = await startWeir();
  const { ask } = await tenBytes(weir);
  const answer = async (range: string) => {
    const { status, headers, text } = await ask({ range });
    return [status, headers.get("content-range"), headers.get("content-length"), text];
  };
  const whole = [200, null, "10", "0123456789"];
  const expected: Record<string, (string | number | null)[]> = {
    "bytes=0-": [206, "bytes 0-9/10", "10", "0123456789"],
    "bytes=0-0": [206, "bytes 0-0/10", "1", "0"],
    "bytes=3-99": [206, "bytes 3-9/10", "7", "3456789"],
    "bytes=-3": [206, "bytes 7-9/10", "3", "789"],
    "bytes=-500": [206, "bytes 0-9/10", "10", "0123456789"],
    "BYTES=2-3": [206, "bytes 2-3/10", "2", "23"],
    "bytes=-0": [416, "bytes */10", null, ""],
    "bytes=10-": [416, "bytes */10", null, ""],
    "bytes=999-1000": [416, "bytes */10", null, ""],
    "bytes=4-2": whole,
    "bytes=0-1,4-5": whole,
    "bytes=-": whole,
    "bytes=a-b": whole,
    "rows=0-1": whole,
  };
  for (const [range, wanted] of Object.entries(expected)) assert.deepEqual(await answer(range), wanted, range);
});

Deno.test("any range of an empty file is answered with the empty file", async () => {
  await using weir = await startWeir();
  await put(weir, "0/r/artifacts/empty", "");
  for (const range of ["bytes=0-", "bytes=-5", "bytes=7-9"]) {
    const response = await weir.app.request(`${proxy}/0/r/artifacts/empty`, { headers: { range } });
    assert.deepEqual([range, response.status, await response.text()], [range, 200, ""]);
  }
});

Deno.test("a file that is known by its tag or its time is not sent again", async () => {
  await using weir = await startWeir();
  const { ask, etag, modified, seconds } = await tenBytes(weir);
  const status = async (headers: Record<string, string>) => (await ask(headers)).status;
  assert.equal(await status({ "if-none-match": `"other", W/${etag}` }), 304);
  assert.equal(await status({ "if-none-match": "*" }), 304);
  assert.equal(await status({ "if-none-match": '"other"' }), 200);
  assert.equal(await status({ "if-modified-since": modified }), 304);
  assert.equal(await status({ "if-modified-since": seconds(-1) }), 200);
  assert.equal(await status({ "if-modified-since": "never" }), 200);
  assert.equal(await status({ "if-none-match": '"other"', "if-modified-since": modified }), 200);
  const { headers } = await ask({ "if-none-match": etag });
  assert.deepEqual([headers.get("etag"), headers.get("last-modified")], [etag, modified]);
});

Deno.test("a file that is no longer what the client expects is refused with 412", async () => {
  await using weir = await startWeir();
  const { ask, etag, modified, seconds } = await tenBytes(weir);
  const status = async (headers: Record<string, string>) => (await ask(headers)).status;
  assert.equal(await status({ "if-match": `"other", ${etag}` }), 200);
  assert.equal(await status({ "if-match": "*" }), 200);
  assert.equal(await status({ "if-match": '"other"' }), 412);
  assert.equal(await status({ "if-match": `W/${etag}` }), 412);
  assert.equal(await status({ "if-unmodified-since": modified }), 200);
  assert.equal(await status({ "if-unmodified-since": seconds(-1) }), 412);
  assert.equal(await status({ "if-match": etag, "if-none-match": etag }), 304);
});

Deno.test("a part is sent only of the file that the client has the rest of, and else the whole", async () => {
  await using weir = await startWeir();
  const { ask, etag, modified, seconds } = await tenBytes(weir);
  const answer = async (known: string, range = "bytes=5-") => {
    const { status, text } = await ask({ range, "if-range": known });
    return [status, text];
  };
  assert.deepEqual(await answer(etag), [206, "56789"]);
  assert.deepEqual(await answer(modified), [206, "56789"]);
  for (const known of ['"other"', `W/${etag}`, seconds(-1), seconds(1), "nonsense"]) {
    assert.deepEqual(await answer(known), [200, "0123456789"], known);
  }
  assert.deepEqual(await answer('"other"', "bytes=99-"), [200, "0123456789"]);
});

Deno.test("HEAD answers as GET would, without the file", async () => {
  await using weir = await startWeir();
  const { ask, etag } = await tenBytes(weir);
  const { status, headers, text } = await ask({ range: "bytes=2-3" }, "HEAD");
  assert.deepEqual([status, headers.get("content-length"), headers.get("etag"), text], [200, "10", etag, ""]);
  assert.equal((await ask({ "if-none-match": etag }, "HEAD")).status, 304);
  assert.equal((await ask({ "if-match": '"other"' }, "HEAD")).status, 412);
  const missing = await weir.app.request(`${proxy}/0/r/artifacts/none`, { method: "HEAD" });
  assert.equal(missing.status, 404);
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
