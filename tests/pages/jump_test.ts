import { deepEqual, equal, match } from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

async function placesFor(weir: Weir, words: string): Promise<string[]> {
  const response = await weir.app.request(`/jump?${new URLSearchParams({ q: words })}`);
  equal(response.status, 200);
  const list = /<ul class="places"[^]*?<\/ul>/.exec(await response.text())?.[0] ?? "";
  return [...list.matchAll(/<a href="([^"]*)"/g)].map(([, to = ""]) => to);
}

Deno.test("whatever has a name is found by a part of it, and a run by its id", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("vision/100%_sure");
  const run_id = await weir.startRun({ experiment_id, run_name: "Blue heron" });
  await weir.ok("POST", "registered-models/create", { name: "heron detector" });
  deepEqual(await placesFor(weir, "HERON"), ["/models/heron%20detector", `/runs/${run_id}`]);
  deepEqual(await placesFor(weir, "0%_s"), [`/experiments/${experiment_id}`]);
  deepEqual(await placesFor(weir, "0__s"), []);
  deepEqual(await placesFor(weir, run_id), [`/runs/${run_id}`]);
  deepEqual(await placesFor(weir, run_id.slice(0, 9)), [`/runs/${run_id}`]);
  deepEqual(await placesFor(weir, "bin"), ["/bin"]);
  deepEqual(await placesFor(weir, `\\"'<script>`), []);
  equal((await placesFor(weir, "")).includes("/experiments"), true);
  await weir.ok("POST", "runs/delete", { run_id });
  deepEqual(await placesFor(weir, "blue"), []);
});

Deno.test("the way to whatever has a name stands on every page and works as a page of its own", async () => {
  await using weir = await startWeir();
  match(await (await weir.app.request("/experiments")).text(), /<a class="btn jump"[^>]* href="\/jump"/);
  match(await (await weir.app.request("/jump?q=nothing")).text(), /Nothing is called so/);
});
