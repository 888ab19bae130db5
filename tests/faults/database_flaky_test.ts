import { deepEqual, equal, ok } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { openTunnel } from "../tunnel.ts";

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

Deno.test("a connection to the database that is cut again and again loses no acknowledged point, nor the server", async () => {
  await using database = await createDatabase();
  await using tunnel = openTunnel(database.url);
  const server = await startServer({ DATABASE_URL: tunnel.url });
  const client = clientOf(server.url);
  const run_id = await client.startRun();
  let over = false;
  const acknowledged = await Promise.all([
    ...Array.from({ length: 12 }, async (_, writer) => {
      const steps: number[] = [];
      for (let step = 0; !over; step++) {
        const point = { key: `m${writer}`, value: 1, timestamp: 1, step };
        const { status, body } = writer % 3 === 0
          ? await client.call("POST", "runs/log-batch", {
            run_id,
            metrics: [point],
            params: [{ key: `p${writer}-${step}`, value: "1" }],
          })
          : await client.call("POST", "runs/log-metric", { run_id, ...point });
        if (status === 200) steps.push(step);
        else deepEqual([status, body.error_code], [503, "TEMPORARILY_UNAVAILABLE"], body.message);
      }
      return steps;
    }),
    (async () => {
      for (let cut = 0; cut < 8; cut++) {
        await wait(250);
        tunnel.cut();
        await wait(100);
        tunnel.mend();
      }
      await wait(500);
      over = true;
      return [];
    })(),
  ]);
  for (const [writer, steps] of acknowledged.slice(0, -1).entries()) {
    const { body } = await client.call("GET", `metrics/get-history?run_id=${run_id}&metric_key=m${writer}`);
    const stored = new Set((body.metrics ?? []).map((metric: { step: number }) => metric.step));
    deepEqual(steps.filter((step) => !stored.has(step)), []);
    ok(steps.length > 0);
  }
  equal(await server.stop(), 0);
});
