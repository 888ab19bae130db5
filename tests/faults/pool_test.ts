import { deepEqual } from "node:assert/strict";
import { point, startWeir } from "../weir.ts";

Deno.test("more batches at once than there are connections do not wait for each other for ever", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const batches = Array.from({ length: 40 }, (_, i) => ({
    run_id,
    metrics: [point(`metric-${i}`, i)],
    params: [{ key: `param-${i}`, value: "x" }],
  }));
  const answers = await Promise.all(batches.map((batch) => weir.call("POST", "runs/log-batch", batch)));
  deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
});
