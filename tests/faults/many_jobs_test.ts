import { killWorkersAtRandom } from "../killed_workers.ts";

Deno.test("a thousand jobs run once each while ten workers are killed at random, and none is lost", () =>
  killWorkersAtRandom({ workers: 10, jobs: 1000, kills: 60 }));
