import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startWeir } from "../weir.ts";

Deno.test("branches of names fold, and say what is in them", async () => {
  await using weir = await startWeir();
  for (const name of ["vision/a", "vision/b", "weather"]) await weir.createExperiment(name);
  const page = async (query = "") => await (await weir.app.request(`/experiments${query}`)).text();
  const open = await page();
  match(open, /aria-expanded="true" aria-label="Fold vision, 2 experiments"/);
  match(open, />a<\/a>[^]*>b<\/a>[^]*>weather<\/a>/);
  const to = /class="fold" href="([^"]+)"/.exec(open)?.[1] ?? "";
  const folded = await page(to.slice(to.indexOf("?")));
  match(folded, /aria-expanded="false" aria-label="Open vision, 2 experiments"[^]*>weather<\/a>/);
  ok(!folded.includes(">a</a>"));
});

Deno.test("tags of an experiment are set and removed on its row, and its description is Markdown on its page", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("x");
  const send = (path: string, fields: Record<string, string>) =>
    weir.app.request(`/experiments/${experiment_id}${path}`, { method: "POST", body: new URLSearchParams(fields) });
  equal((await send("/tags", { key: "owner", value: "<ada>" })).status, 303);
  const row = await (await weir.app.request(`/experiments?edit=${experiment_id}`)).text();
  match(row, /owner: &lt;ada&gt;[^]*Remove the tag owner/);
  equal((await send("/tags", { key: "bad\u0001key", value: "" })).status, 400);
  equal((await send("/tags/delete", { key: "owner" })).status, 303);
  const { experiment } = await weir.ok("GET", `experiments/get?experiment_id=${experiment_id}`);
  deepEqual(experiment.tags ?? [], []);
  equal((await send("/edit", { name: "x", description: "# Why\n\n**because** <script>" })).status, 303);
  const html = await (await weir.app.request(`/experiments/${experiment_id}`)).text();
  match(html, /<summary class="desc">Why<\/summary>[^]*<h3>Why<\/h3>[^]*<strong>because<\/strong> &lt;script&gt;/);
  match(await (await weir.app.request("/experiments?create=1")).text(), /<details class="menu" open/);
});
