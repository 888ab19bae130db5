import { equal, match, ok } from "node:assert/strict";
import { type Client, clientOf } from "../client.ts";
import { needsProc, processesOf } from "../processes.ts";
import { startServer } from "../server.ts";
import { mountSmallDisk, needsSmallDisk } from "../small_disk.ts";

const points = 1000;

/** Logs batch after batch until the server is gone. Answers how many were acknowledged. */
async function fill({ call }: Client, run_id: string): Promise<number> {
  for (let batch = 0;; batch++) {
    const metrics = Array.from({ length: points }, (_, i) => {
      const step = batch * points + i;
      return { key: `metric-${step % 10}`, value: Math.random(), timestamp: step, step };
    });
    const answer = await call("POST", "runs/log-batch", { run_id, metrics }).catch(() => undefined);
    if (answer === undefined || answer.status !== 200) return batch;
  }
}

Deno.test("when the disk of its Postgres is full, Weir ends with a sentence and keeps what it acknowledged", {
  ignore: needsProc.ignore || needsSmallDisk.ignore,
}, async () => {
  await using disk = await mountSmallDisk(140);
  ok(disk);
  const ballast = `${disk.path}/ballast`;
  await Deno.writeFile(ballast, new Uint8Array(20_000_000));
  const server = await startServer({ WEIR_DATA_DIR: disk.path });
  const run_id = await clientOf(server.url).startRun();
  const batches = await fill(clientOf(server.url), run_id);
  equal(await server.ended, 1);
  match(server.output(), new RegExp(`^The disk that holds ${disk.path} is full\\.$`, "m"));
  equal((await processesOf(disk.path)).length, 0);

  await Deno.remove(ballast);
  const again = await startServer({ WEIR_DATA_DIR: disk.path });
  const first = await clientOf(again.url).history(run_id, "metric-0");
  ok(first.length >= batches * points / 10, `${first.length} of ${batches * points / 10}`);
  equal(await again.stop(), 0);
});
