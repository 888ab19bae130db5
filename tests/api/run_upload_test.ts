import assert from "node:assert/strict";
import fc from "fast-check";
import { startWeir } from "../weir.ts";

const route = (run_id: string, path: string) => `/api/weir/1/runs/${run_id}/files?${new URLSearchParams({ path })}`;

Deno.test("a file that is put to a run can be had, replaced and removed, and its bytes are counted", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const put = async (path: string, body: string) =>
    (await weir.app.request(route(run_id, path), { method: "PUT", body })).status;
  const get = async (path: string) => {
    const answer = await weir.app.request(`/get-artifact?${new URLSearchParams({ run_id, path })}`);
    return answer.status === 200 ? await answer.text() : answer.status;
  };
  assert.equal(await put("d d/100%.txt", "one"), 200);
  assert.equal(await put("d d/100%.txt", "other"), 200);
  assert.equal(await put("d d/empty", ""), 200);
  assert.deepEqual([await get("d d/100%.txt"), await get("d d/empty")], ["other", ""]);
  const { files } = await weir.ok("GET", `artifacts/list?run_id=${run_id}&path=d+d`);
  assert.deepEqual(files, [
    { path: "d d/100%.txt", is_dir: false, file_size: 5 },
    { path: "d d/empty", is_dir: false, file_size: 0 },
  ]);
  assert.equal((await weir.call("DELETE", route(run_id, "d d"))).status, 200);
  assert.equal((await weir.call("DELETE", route(run_id, "d d"))).status, 200);
  assert.equal(await get("d d/empty"), 404);
});

Deno.test("no file is put or removed without a path of its own, nor for a run that is not there", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (const method of ["PUT", "DELETE"]) {
    for (
      const path of ["", ".", "/", "a/", "..", "../x", "a/../b", "a\\b", "%2e%2e/x", "%252e%252e/x", "a#b", "C:/x"]
    ) {
      const { status, body } = await weir.call(method, route(run_id, path));
      assert.deepEqual([method, path, status, body.message], [method, path, 400, "Invalid path"]);
    }
    assert.equal((await weir.call(method, `/api/weir/1/runs/${run_id}/files`)).status, 400);
    assert.equal((await weir.call(method, route("none", "a"))).status, 404);
  }
});

Deno.test("a page of another site cannot put or remove files", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (const method of ["PUT", "DELETE"]) {
    const headers = { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" };
    const answer = await weir.app.request(route(run_id, "a"), { method, headers });
    assert.equal(answer.status, 403);
  }
});

Deno.test("a file that is shorter than its size says is not stored", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const send = async (length: string) => {
    const request = new Request(`http://localhost${route(run_id, "a")}`, { method: "PUT", body: "four" });
    request.headers.set("content-length", length);
    return (await weir.app.fetch(request)).status;
  };
  for (const length of ["5", "3", "-1", "x"]) assert.equal(await send(length), 400, length);
  assert.equal((await weir.ok("GET", `artifacts/list?run_id=${run_id}`)).files, undefined);
});

Deno.test("whatever path is asked for, a run's files are stored below it or the path is refused", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const piece = fc.constantFrom(
    "..",
    ".",
    "/",
    "\\",
    "%2e",
    "%2f",
    "%25",
    "a",
    "é",
    " ",
    "#",
    "?",
    ":",
    "C:",
    "\u0000",
    "\n",
    "~",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
      const answer = await weir.app.request(route(run_id, pieces.join("")), { method: "PUT", body: "x" });
      assert.ok([200, 400].includes(answer.status), `${answer.status}`);
      await answer.body?.cancel();
    }),
    { numRuns: 200 },
  );
  const stored = await Array.fromAsync(weir.services.artifacts.own.walk(""));
  assert.ok(stored.every(({ path }) => path.startsWith(`0/${run_id}/artifacts/`)));
});
