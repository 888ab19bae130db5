import { Connection, latencies, median, throughput } from "./http.ts";

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
  prepare(address: string): Promise<() => Promise<number>>;
}

const post = (path: string, body: unknown) => (connection: Connection) =>
  connection.request("POST", `${api}/${path}`, JSON.stringify(body));

async function once<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.open(address);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

const createExperiment = (address: string): Promise<string> =>
  once(
    address,
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

const runsFor = (address: string, clients: number): Promise<string[]> =>
  once(address, async (connection) => {
    const experiment = await createExperiment(address);
    const runs: string[] = [];
    // deno-lint-ignore no-await-in-loop -- one connection
    while (runs.length < clients) runs.push(await createRun(connection, experiment));
    return runs;
  });

const seconds = 4;

const logMetric: Work = {
  name: "log-metric, 16 clients",
  unit: "requests/s",
  better: "more",
  wanted: 40,
  async prepare(address) {
    const runs = await runsFor(address, 16);
    let from = 0;
    return async () => {
      from += 1_000_000;
      return await throughput(
        address,
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
  async prepare(address) {
    const runs = await runsFor(address, 16);
    let from = 0;
    return async () => {
      from += 1_000_000;
      return 1000 * await throughput(address, 16, seconds, (connection, client, turn) => {
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
  async prepare(address) {
    const experiment = await createExperiment(address);
    return () =>
      throughput(address, 16, seconds, async (connection) => {
        const run_id = await createRun(connection, experiment);
        await post("runs/update", { run_id, status: "FINISHED", end_time: Date.now() })(connection);
      });
  },
};

const search = (runs: number): Work => ({
  name: `search 1,000 of ${runs.toLocaleString("en")} runs by a metric and a param, ordered by the metric`,
  unit: "ms",
  better: "less",
  wanted: 10,
  async prepare(address) {
    const experiment_ids = [await createExperiment(address)];
    await fillRuns(address, experiment_ids[0]!, runs);
    const query = {
      experiment_ids,
      max_results: 1000,
      filter: "metrics.m1 > 0.2 and params.p1 = '1'",
      order_by: ["metrics.m1 DESC"],
    };
    return () =>
      once(address, async (connection) => median(await latencies(5, () => post("runs/search", query)(connection))));
  },
});

const newest = (runs: number): Work => ({
  ...search(runs),
  name: `newest 100 of ${runs.toLocaleString("en")} runs`,
  async prepare(address) {
    const experiment_ids = [await createExperiment(address)];
    await fillRuns(address, experiment_ids[0]!, runs);
    return () =>
      once(
        address,
        async (connection) =>
          median(await latencies(7, () => post("runs/search", { experiment_ids, max_results: 100 })(connection))),
      );
  },
});

/** Runs with 5 metrics and 5 params each, made through the API with 16 clients. */
async function fillRuns(address: string, experiment: string, count: number): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 16 }, () =>
    once(address, async (connection) => {
      for (let i = next++; i < count; i = next++) {
        // deno-lint-ignore no-await-in-loop -- a client waits for each answer
        const run_id = await createRun(connection, experiment, 1_700_000_000_000 + i);
        const numbers = [0, 1, 2, 3, 4];
        // deno-lint-ignore no-await-in-loop
        await post("runs/log-batch", {
          run_id,
          metrics: numbers.map((n) => ({ key: `m${n}`, value: (i * 7919 % 1000) / 1000 + n, timestamp: 1, step: 0 })),
          params: numbers.map((n) => ({ key: `p${n}`, value: String(i % (n + 2)) })),
        })(connection);
      }
    })));
}

const history: Work = {
  name: "history of 10,000 points",
  unit: "ms",
  better: "less",
  wanted: 10,
  async prepare(address) {
    const [run_id] = await runsFor(address, 1);
    await once(address, async (connection) => {
      for (let from = 0; from < 10_000; from += 1000) {
        const metrics = Array.from(
          { length: 1000 },
          (_, i) => ({ key: "m", value: Math.sin(i), timestamp: from + i, step: from + i }),
        );
        // deno-lint-ignore no-await-in-loop
        await post("runs/log-batch", { run_id, metrics })(connection);
      }
    });
    const path = `${api}/metrics/get-history?run_id=${run_id}&metric_key=m&max_results=25000`;
    return () => once(address, async (connection) => median(await latencies(7, () => connection.request("GET", path))));
  },
};

/** `large` adds what takes MLflow's server half an hour to fill. */
export const allWork = (large: boolean): Work[] => [
  logMetric,
  batchOf(10),
  batchOf(1000),
  createAndFinish,
  newest(1000),
  search(1000),
  ...(large ? [search(50_000)] : []),
  history,
];
