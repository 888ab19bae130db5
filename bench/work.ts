import { fillRuns } from "./fill.ts";
import { Connection, latencies, median, throughput } from "./http.ts";
import type { Server } from "./servers.ts";

const api = "/api/2.0/mlflow";

/** One kind of work, done alike on every server. */
export interface Work {
  name: string;
  unit: string;
  /** More is better for rates, less for times. */
  better: "more" | "less";
  /** How many times MLflow's figure is wanted at least. */
  wanted: number;
  /** Makes what the work needs; answers one measurement. */
  prepare(server: Server): Promise<() => Promise<number>>;
}

const post = (path: string, body: unknown) => (connection: Connection) =>
  connection.request("POST", `${api}/${path}`, JSON.stringify(body));

async function once<T>({ address }: Server, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.open(address);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

const createExperiment = (server: Server): Promise<string> =>
  once(
    server,
    async (connection) =>
      JSON.parse(await post("experiments/create", { name: crypto.randomUUID() })(connection)).experiment_id,
  );

const createRun = async (connection: Connection, experiment_id: string, start_time = Date.now()): Promise<string> =>
  JSON.parse(
    await post("runs/create", {
      experiment_id,
      start_time,
      user_id: "bench",
      tags: [{ key: "mlflow.user", value: "bench" }],
    })(connection),
  )
    .run.info.run_id;

const runsFor = (server: Server, clients: number): Promise<string[]> =>
  once(server, async (connection) => {
    const experiment = await createExperiment(server);
    const runs: string[] = [];
    while (runs.length < clients) runs.push(await createRun(connection, experiment));
    return runs;
  });

const seconds = 4;

const logMetric: Work = {
  name: "log-metric, 16 clients",
  unit: "requests/s",
  better: "more",
  wanted: 40,
  async prepare(server) {
    const runs = await runsFor(server, 16);
    let from = 0;
    return async () => {
      from += 1_000_000;
      return await throughput(
        server.address,
        16,
        seconds,
        (connection, client, turn) =>
          post("runs/log-metric", {
            run_id: runs[client],
            key: "loss",
            value: 1 / (turn + 1),
            timestamp: Date.now(),
            step: from + turn,
          })(connection),
      );
    };
  },
};

const batchOf = (keys: number): Work => ({
  name: `log-batch of 1,000 points of ${keys} metrics, 16 clients`,
  unit: "points/s",
  better: "more",
  wanted: 40,
  async prepare(server) {
    const runs = await runsFor(server, 16);
    let from = 0;
    return async () => {
      from += 1_000_000;
      return 1000 * await throughput(server.address, 16, seconds, (connection, client, turn) => {
        const step = from + turn * (1000 / keys);
        const metrics = Array.from({ length: 1000 }, (_, i) => ({
          key: `metric-${i % keys}`,
          value: Math.sin(i),
          timestamp: 1_700_000_000_000 + step,
          step: step + Math.floor(i / keys),
        }));
        return post("runs/log-batch", { run_id: runs[client], metrics })(connection);
      });
    };
  },
});

const createAndFinish: Work = {
  name: "create and finish a run, 16 clients",
  unit: "runs/s",
  better: "more",
  wanted: 20,
  async prepare(server) {
    const experiment = await createExperiment(server);
    return () =>
      throughput(server.address, 16, seconds, async (connection) => {
        const run_id = await createRun(connection, experiment);
        await post("runs/update", { run_id, status: "FINISHED", end_time: Date.now() })(connection);
      });
  },
};

/** Experiments that are searched, by server and number of runs: each is filled once. */
const filled = new Map<string, Promise<string>>();

function filledExperiment(server: Server, runs: number): Promise<string> {
  const name = `${server.kind} ${runs}`;
  const experiment = filled.get(name) ??
    createExperiment(server).then((id) => fillRuns(server, id, runs).then(() => id));
  filled.set(name, experiment);
  return experiment;
}

const searches = (runs: number, name: string, query: object): Work => ({
  name: `${name} of ${runs.toLocaleString("en")} runs`,
  unit: "ms",
  better: "less",
  wanted: 10,
  async prepare(server) {
    const experiment = await filledExperiment(server, runs);
    const body = { experiment_ids: [experiment], ...query };
    return () =>
      once(server, async (connection) => median(await latencies(7, () => post("runs/search", body)(connection))));
  },
});

const newest = (runs: number) => searches(runs, "newest 100", { max_results: 100 });
const thousand = (runs: number) => searches(runs, "newest 1,000", { max_results: 1000 });
const best = (runs: number) =>
  searches(runs, "best 100 by a metric with a param", {
    max_results: 100,
    filter: "metrics.m1 > 1.2 and params.p1 = '1'",
    order_by: ["metrics.m1 DESC"],
  });

const history: Work = {
  name: "history of 10,000 points",
  unit: "ms",
  better: "less",
  wanted: 10,
  async prepare(server) {
    const [run_id] = await runsFor(server, 1);
    await once(server, async (connection) => {
      for (let from = 0; from < 10_000; from += 1000) {
        const metrics = Array.from(
          { length: 1000 },
          (_, i) => ({ key: "m", value: Math.sin(i), timestamp: from + i, step: from + i }),
        );
        await post("runs/log-batch", { run_id, metrics })(connection);
      }
    });
    const path = `${api}/metrics/get-history?run_id=${run_id}&metric_key=m&max_results=25000`;
    return () => once(server, async (connection) => median(await latencies(7, () => connection.request("GET", path))));
  },
};

export const allWork: readonly Work[] = [
  logMetric,
  batchOf(10),
  batchOf(1000),
  createAndFinish,
  ...[1000, 50_000].flatMap((runs) => [newest(runs), thousand(runs), best(runs)]),
  history,
];
