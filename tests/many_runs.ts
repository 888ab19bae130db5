/** So many runs that a page cannot hold them, logged through the API. */
import type { Weir } from "./weir.ts";

/** Requests under way at once. */
const clients = 32;

/** The i-th of `count` runs, from 0: `acc` rises from 0 to 1, `loss` falls from 1 to 0; `lr` takes ten values, `model` three. */
export const manyRun = (i: number, count: number) => ({
  run_name: `run ${i}`,
  acc: i / count,
  loss: 1 - i / count,
  lr: `${(1 + i % 10) / 1000}`,
  model: ["cnn", "vit", "resnet"][i % 3] ?? "",
  team: i % 2 ? "vision" : "audio",
});

/** Logs `count` of them, each started a second after the one before, and answers their ids. A `loss` has three points. */
export async function logManyRuns({ ok }: Pick<Weir, "ok">, experiment_id: string, count: number): Promise<string[]> {
  const first = Date.now() - 1000 * count;
  const ids: string[] = [];
  let next = 0;
  const log = async () => {
    for (let i = next++; i < count; i = next++) {
      ids[i] = await logOne({ ok }, experiment_id, i, count, first + 1000 * i);
    }
  };
  await Promise.all(Array.from({ length: clients }, log));
  return ids;
}

async function logOne({ ok }: Pick<Weir, "ok">, experiment_id: string, i: number, count: number, start_time: number) {
  const { run_name, acc, loss, lr, model, team } = manyRun(i, count);
  const tags = [{ key: "team", value: team }];
  const { run: { info } } = await ok("POST", "runs/create", { experiment_id, run_name, start_time, tags });
  const run_id: string = info.run_id;
  const curve = [loss + 2, loss + 0.5, loss].map((value, step) => ({ key: "loss", value, step }));
  await ok("POST", "runs/log-batch", {
    run_id,
    params: [{ key: "lr", value: lr }, { key: "model", value: model }, { key: "seed", value: String(i) }],
    metrics: [...curve, { key: "acc", value: acc, step: 2 }].map((point) => ({
      ...point,
      timestamp: start_time + 1000 * point.step,
    })),
  });
  await ok("POST", "runs/update", { run_id, status: "FINISHED", end_time: start_time + 60_000 });
  return run_id;
}
