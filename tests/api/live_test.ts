import assert from "node:assert/strict";
import { createApp } from "../../routes/app.ts";
import { loadAssets } from "../../routes/assets.ts";
import { cursorIn, printCursor } from "../../domain/live_cursor.ts";
import { point, startWeir, type Weir } from "../weir.ts";

interface Heard {
  id: string | undefined;
  // deno-lint-ignore no-explicit-any -- events of every kind
  data: any;
}

/** An event stream as a browser hears it. */
async function connect(app: Weir["app"], path: string, lastId?: string) {
  const response = await app.request(path, lastId === undefined ? {} : { headers: { "last-event-id": lastId } });
  assert.equal(response.status, 200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let id = lastId;
  return {
    /** The id that a browser would send after the connection is lost. */
    lastId: () => id,
    async next(): Promise<Heard> {
      while (true) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const lines = text.slice(0, end).split("\n");
          text = text.slice(end + 2);
          const field = (name: string) =>
            lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
          id = field("id") ?? id;
          const data = field("data");
          if (data !== undefined) return { id: field("id"), data: JSON.parse(data) };
          continue;
        }
        const { value, done } = await reader.read();
        assert.ok(!done, "the stream ended");
        text += value;
      }
    },
    /** Cuts the connection. */
    cut: () => reader.cancel(),
  };
}

/** The same server as another process would be: it shares the database and nothing else. */
const otherInstance = async ({ services }: Weir) =>
  createApp({ ...services }, await loadAssets(), { allowedHosts: [] });

const endRun = (weir: Weir, run_id: string) =>
  weir.ok("POST", "runs/update", { run_id, status: "FINISHED", end_time: 5 });

Deno.test("the events of an experiment go on at another instance where the connection was cut: nothing is missed or told twice", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const [ends, logs, still] = [
    await weir.startRun({ experiment_id }),
    await weir.startRun({ experiment_id }),
    await weir.startRun({ experiment_id }),
  ];
  const path = `/experiments/${experiment_id}/events`;
  const page = await (await weir.app.request(`/experiments/${experiment_id}`)).text();
  const [, since = ""] = /data-events="[^"]*since=([^"&]+)/.exec(page) ?? [];
  const early = await weir.startRun({ experiment_id }); // after the page was made, before it listens
  const first = await connect(weir.app, `${path}?since=${since}`);
  assert.deepEqual((await first.next()).data, { running: 4, created: [early], changed: [early] });
  await weir.logMetrics(still, [point("loss", 1)]);
  assert.deepEqual((await first.next()).data, { running: 4, created: [], changed: [still] });
  await first.cut();

  const made = await weir.startRun({ experiment_id });
  await endRun(weir, ends);
  await weir.logMetrics(logs, [point("loss", 2)]);
  const second = await connect(await otherInstance(weir), `${path}?since=${since}`, first.lastId());
  const { data } = await second.next();
  assert.deepEqual([data.running, data.created], [4, [made]]);
  assert.deepEqual(data.changed.toSorted(), [made, ends, logs].toSorted());
  await endRun(weir, still);
  assert.deepEqual((await second.next()).data, { running: 3, created: [], changed: [still] });
  await second.cut();
});

Deno.test("new runs are told when they match the filter of the page, and once", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const filter = encodeURIComponent("metrics.loss < 1");
  const page = await (await weir.app.request(`/experiments/${experiment_id}?filter=${filter}`)).text();
  const [, query = ""] = /data-events="[^"]*\?([^"]+)/.exec(page) ?? [];
  const stream = await connect(weir.app, `/experiments/${experiment_id}/events?${query.replaceAll("&amp;", "&")}`);
  const [good, bad] = [await weir.startRun({ experiment_id }), await weir.startRun({ experiment_id })];
  await weir.logMetrics(good, [point("loss", 2)]);
  await weir.logMetrics(bad, [point("loss", 3)]);
  await weir.logMetrics(good, [point("loss", 0.5, { step: 1 })]);
  const created: string[] = [];
  while (created.length === 0) created.push(...(await stream.next()).data.created);
  await endRun(weir, good);
  await endRun(weir, bad);
  for (let running = 2; running > 0;) {
    const { data } = await stream.next();
    created.push(...data.created);
    running = data.running;
  }
  assert.deepEqual(created, [good]);
  await stream.cut();
});

Deno.test("the events of a run go on where the connection was cut, with the metrics that changed meanwhile alone", async () => {
  await using weir = await startWeir();
  const [one, other] = [await weir.startRun(), await weir.startRun()];
  await weir.logMetrics(one, [point("a", 1), point("b", 1)]);
  const path = `/live?runs=${one}&runs=${other}`;
  const first = await connect(weir.app, path);
  const all = [await first.next(), await first.next()];
  assert.deepEqual(all.flatMap(({ data }) => data.metrics.map(({ key }: { key: string }) => key)).toSorted(), [
    "a",
    "b",
  ]);
  assert.deepEqual(all.map(({ id }) => id !== undefined), [false, true]);
  await first.cut();
  await weir.logMetrics(one, [point("b", 7, { step: 1 })]);
  const second = await connect(await otherInstance(weir), path, first.lastId());
  const { data } = await second.next();
  assert.deepEqual([data.run_id, data.metrics], [one, [{ key: "b", value: 7, step: 1, timestamp: 0 }]]);
  await weir.ok("POST", "runs/update", { run_id: other, status: "FAILED", end_time: 5 });
  const { data: ended } = await second.next();
  assert.deepEqual([ended.run_id, ended.status, ended.metrics], [other, "FAILED", []]);
  await second.cut();
});

Deno.test("a page about runs is told what came after it was made, and nothing that it shows", async () => {
  await using weir = await startWeir();
  const [one, other] = [
    await weir.startRun({ experiment_id: "0" }),
    await weir.startRun({ experiment_id: "0" }),
  ];
  await weir.logMetrics(one, [point("a", 1), point("a", 2, { step: 1 }), point("b", 1)]);
  for (const [i, page] of [`/compare?runs=${one}&runs=${other}`, `/runs/${one}`, "/experiments/0/charts"].entries()) {
    const html = await (await weir.app.request(page)).text();
    const events = /data-events="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "none";
    const value = 10 + i;
    await weir.logMetrics(one, [point("b", value, { step: value })]);
    const stream = await connect(weir.app, events);
    const { data } = await stream.next();
    assert.deepEqual([data.run_id, data.metrics], [one, [{ key: "b", value, step: value, timestamp: 0 }]], page);
    await stream.cut();
  }
});

Deno.test("an id of an event that is none is as good as no id", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun({ experiment_id: "0" });
  for (
    const id of ["", "x", "1.2", "1.2.", "9".repeat(15) + ".1.many", "1.1.zzzzzzzzzz", "-1.0.", "1e9", "1".repeat(5000)]
  ) {
    for (const path of [`/live?runs=${run_id}`, "/experiments/0/events"]) {
      const stream = await connect(weir.app, path, id);
      if (path.startsWith("/live")) assert.equal((await stream.next()).data.run_id, run_id);
      await stream.cut();
    }
  }
  const cursor = { transaction: 12, newest: 7, running: [1, 36, 2 ** 40] };
  assert.deepEqual(cursorIn(printCursor(cursor)), cursor);
  const many = { transaction: 12, newest: 7, running: Array.from({ length: 201 }, (_, i) => i) };
  assert.deepEqual(cursorIn(printCursor(many)), { ...many, running: undefined });
});

Deno.test("the events of the registry tell a page of its model alone, also of its new name, and go on at another instance", async () => {
  await using weir = await startWeir();
  for (const name of ["m", "other"]) await weir.ok("POST", "registered-models/create", { name });
  const page = await (await weir.app.request("/models/m")).text();
  const [, since = ""] = /data-events="[^"]*since=([^"&]+)/.exec(page) ?? [];
  const tag = (name: string, value: string) =>
    weir.ok("POST", "registered-models/set-tag", { name, key: "team", value });
  await tag("m", "a"); // after the page was made, before it listens
  const path = `/registry/events?name=m&since=${since}`;
  const first = await connect(weir.app, path);
  const all = await connect(weir.app, `/registry/events?since=${since}`);
  assert.deepEqual((await first.next()).data, { changed: ["m"] });
  assert.deepEqual((await all.next()).data, { changed: ["m"] });
  await tag("other", "a");
  assert.deepEqual((await all.next()).data, { changed: ["other"] });
  await all.cut();
  await weir.ok("POST", "model-versions/create", { name: "m", source: "gs://b/model" });
  assert.deepEqual((await first.next()).data, { changed: ["m"] });
  await first.cut();

  await tag("other", "b");
  await weir.ok("POST", "registered-models/rename", { name: "m", new_name: "n" });
  const second = await connect(await otherInstance(weir), path, first.lastId());
  assert.deepEqual((await second.next()).data.changed.toSorted(), ["m", "n", "other"]);
  await second.cut();
});
