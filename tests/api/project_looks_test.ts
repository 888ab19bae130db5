import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { claimLook, isLookDue, removeOldLooks } from "../../db/project_looks.ts";
import { newWorker } from "../jobs.ts";
import { startWeir, type Weir, workerToken } from "../weir.ts";

const weirPath = (path: string): string => `/api/weir/1/${path}`;

async function asWorker(weir: Weir, path: string, body: object = {}) {
  const answer = await weir.app.request(weirPath(path), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${workerToken}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

const ask = async (weir: Weir, fields: object) => (await weir.ok("POST", weirPath("project-looks"), fields)).look;
const look = async (weir: Weir, look_id: string) => (await weir.ok("GET", weirPath(`project-looks/${look_id}`))).look;

const found = { environment: "none", entry_points: [], scripts: ["train.py"] };

Deno.test("a worker hears of a look, and answers what it has found; credentials are for it alone", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker_id = await newWorker(sql);
  const waiting = asWorker(weir, `workers/${worker_id}/looks`, { wait_ms: 10_000 });
  const { look_id, uri } = await ask(weir, { uri: "https://a:secret@example.com/p", version: "v1" });
  equal(uri, "https://example.com/p");
  const { look: mine } = (await waiting).body;
  deepEqual([mine.look_id, mine.uri, mine.version], [look_id, "https://a:secret@example.com/p", "v1"]);
  deepEqual((await asWorker(weir, `workers/${worker_id}/looks`)).body, {});
  equal((await asWorker(weir, `workers/${worker_id}/looks/${look_id}`, { found })).status, 200);
  const answered = await look(weir, look_id);
  deepEqual([answered.found, answered.uri], [found, "https://example.com/p"]);
  // The same project is not looked at again so soon, unless somebody wants it.
  equal((await ask(weir, { uri: "https://a:secret@example.com/p", version: "v1" })).look_id, look_id);
  notEqual((await ask(weir, { uri: "https://a:secret@example.com/p" })).look_id, look_id);
  notEqual((await ask(weir, { uri: "https://a:secret@example.com/p", version: "v1", again: true })).look_id, look_id);
});

Deno.test("what could not be looked at says why, and is looked at anew when somebody asks again", async () => {
  await using weir = await startWeir();
  const worker_id = await newWorker(weir.services.sql);
  const { look_id } = await ask(weir, { uri: "/none" });
  await asWorker(weir, `workers/${worker_id}/looks`);
  await asWorker(weir, `workers/${worker_id}/looks/${look_id}`, { reason: "There is no folder /none." });
  equal((await look(weir, look_id)).reason, "There is no folder /none.");
  notEqual((await ask(weir, { uri: "/none" })).look_id, look_id);
});

Deno.test("a look of a worker that has died goes to another one, three times at most", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const [dead, other] = [await newWorker(sql), await newWorker(sql)];
  const { look_id } = await ask(weir, { uri: "/p" });
  const workers = [dead, other, other];
  for (const worker_id of workers) {
    equal((await claimLook(sql, worker_id))?.look_id, look_id);
    equal(await claimLook(sql, worker_id), undefined);
    await sql`update weir.project_looks set leased_until = 0`;
  }
  equal((await asWorker(weir, `workers/${dead}/looks/${look_id}`, { found })).status, 409);
  equal(await claimLook(sql, other), undefined);
  match((await look(weir, look_id)).reason, /Three workers began/);
});

Deno.test("one look has one worker, however many claim at once", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  for (let i = 0; i < 4; i++) await ask(weir, { uri: `/p${i}` });
  const workers = await Promise.all(Array.from({ length: 8 }, () => newWorker(sql)));
  const claimed = (await Promise.all(workers.map((worker_id) => claimLook(sql, worker_id)))).filter(Boolean);
  equal(new Set(claimed.map((one) => one?.look_id)).size, claimed.length);
});

Deno.test("nobody but workers claims and answers looks, and a mistake is told with its field", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const worker_id = await newWorker(sql);
  const { look_id } = await ask(weir, { uri: "/p" });
  equal((await weir.call("POST", weirPath(`workers/${worker_id}/looks`), {})).status, 401);
  equal((await weir.call("POST", weirPath(`workers/${worker_id}/looks/${look_id}`), { found })).status, 401);
  equal((await weir.call("POST", weirPath("project-looks"), { uri: "" })).status, 400);
  equal((await weir.call("POST", weirPath("project-looks"), { uri: "x".repeat(3000) })).status, 400);
  equal((await weir.call("POST", weirPath("project-looks"), { uri: "a\0b" })).status, 400);
  equal((await weir.call("GET", weirPath("project-looks/none"))).status, 404);
  await claimLook(sql, worker_id);
  const path = `workers/${worker_id}/looks/${look_id}`;
  equal((await asWorker(weir, path, {})).status, 400);
  equal((await asWorker(weir, path, { found, reason: "both" })).status, 400);
  equal((await asWorker(weir, path, { found: { entry_points: "x" } })).status, 400);
  equal((await asWorker(weir, path, { found: { ...found, scripts: ["a\0"] } })).status, 400);
  equal((await asWorker(weir, `workers/${worker_id}/looks/none`, { found })).status, 404);
});

Deno.test("old looks are forgotten, and no worker begins one that nobody waits for any more", async () => {
  await using weir = await startWeir();
  const { sql } = weir.services;
  const { look_id } = await ask(weir, { uri: "/p" });
  equal(await isLookDue(sql), true);
  await sql`update weir.project_looks set created_time = created_time - 3600000`;
  equal(await isLookDue(sql), false);
  await removeOldLooks(sql);
  await look(weir, look_id);
  await sql`update weir.project_looks set created_time = 0`;
  await removeOldLooks(sql);
  equal((await weir.call("GET", weirPath(`project-looks/${look_id}`))).status, 404);
});
