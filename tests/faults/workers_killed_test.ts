import { killWorkersAtRandom } from "../killed_workers.ts";

Deno.test("a hundred jobs run once each while four workers are killed at random, and none is lost", () =>
  killWorkersAtRandom({ workers: 4, jobs: 100, kills: 8 }));
