import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import type { Sweep, Trial } from "../../domain/sweeps/sweep.ts";
import { runCommand } from "../cli/weir.ts";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { needsProc } from "../processes.ts";
import { reachableFolder, startServer } from "../server.ts";
import { makeProject, startWorker, workerToken } from "../workers.ts";

/** Logs a loss of its only argument at five steps; the bad ones would then go on for ever. */
const program = `
const [given] = Deno.args.slice(-1), { MLFLOW_RUN_ID: run_id, MLFLOW_TRACKING_URI: server, MLFLOW_TRACKING_TOKEN: token } = Deno.env.toObject();
for (let step = 0; step < 5; step++) {
  const body = JSON.stringify({ run_id, key: "loss", value: Number(given), timestamp: Date.now(), step });
  const headers = { "content-type": "application/json", authorization: "Bearer " + token };
  const answer = await fetch(server + "/api/2.0/mlflow/runs/log-metric", { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}
if (Number(given) > 3) await new Promise(() => setInterval(() => {}, 1000));
`;

Deno.test(
  "a sweep goes from trial to trial by itself, and ends those that do worse than the others",
  needsProc,
  async () => {
    await using folder = await reachableFolder();
    await using database = await createDatabase();
    const server = await startServer({
      ...{ DATABASE_URL: database.url, WEIR_WORKERS: "0", WEIR_WORKER_TOKEN: workerToken },
    });
    const client = clientOf(server.url);
    try {
      const uri = await makeProject(folder.path, { main: `${Deno.execPath()} run -A trial.ts` });
      await Deno.writeTextFile(join(uri, "trial.ts"), program);
      await using _ = await startWorker(server.url, { dataDir: join(folder.path, "w"), args: ["--slots", "2"] });
      const searched = ["-S", "alpha=1, 2, 3, 9", "--method", "grid", "--metric", "loss", "--early-stopping", "4:2"];
      const { code, output } = await runCommand(
        ["sweep", uri, "--env-manager", "local", "--parallel", "2", ...searched],
        server.url,
      );
      equal(code, 0);
      match(
        output,
        /^trial [12] finished loss=[12] alpha=[12]\n(.*\n){2}trial 4 killed loss=9 alpha=9 \(Stopped early: .*\n$/,
      );
      const { sweeps: [{ sweep_id }] } = await client.ok("GET", "/api/weir/1/sweeps");
      const { sweep: ended, trials }: { sweep: Sweep; trials: Trial[] } = await client.ok(
        "GET",
        `/api/weir/1/sweeps/${sweep_id}`,
      );
      deepEqual([ended.state, ended.reason, ended.best], ["finished", undefined, 1]);
      deepEqual(trials.map(({ state }) => state), ["finished", "finished", "finished", "killed"]);
      match(
        trials[3]?.reason ?? "",
        /^Stopped early: by step 4 its best value was 9, worse than the median 2 of 3 others/,
      );
      const { run } = await client.ok("GET", `runs/get?run_id=${trials[3]?.run_id}`);
      equal(run.info.status, "KILLED");
    } finally {
      await server.stop();
    }
  },
);
