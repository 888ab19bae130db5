// deno-lint-ignore-file no-console -- it prints
/**
 * `deno task bench [name…]`: the same work on Weir and on MLflow's own server, in turn, on one Postgres; medians and
 * ratios. MLflow is measured where a Python has mlflow and psycopg2.
 */
import { measureArtifacts } from "./artifacts.ts";
import { measureJobs } from "./jobs.ts";
import { limits } from "./limits.ts";
import { median } from "./http.ts";
import { startDatabase, startMlflow, startWeir } from "./servers.ts";
import { measurePages } from "./pages.ts";
import { measureStart } from "./start.ts";
import { allWork, type Work } from "./work.ts";

const rounds = 3;
const asked = (name: string): boolean => Deno.args.length === 0 || Deno.args.some((part) => name.includes(part));

const database = await startDatabase();
const weir = await startWeir(database);
const mlflow = await startMlflow(database);

try {
  for (const work of allWork.filter((work) => asked(work.name))) await compare(work);
  for (const limit of limits) {
    if (asked(limit.name)) {
      console.log(`  limit: ${limit.name}: ${format(await limit.measure(database))} ${limit.unit}`);
    }
  }
  if (asked("pages")) {
    for await (const line of measurePages([weir, ...(mlflow ? [mlflow] : [])])) console.log(line);
  }
  if (asked("jobs")) console.log(await measureJobs(weir));
  if (asked("artifacts")) { for await (const line of measureArtifacts(database)) console.log(line); }
} finally {
  await mlflow?.stop();
  await weir.stop();
  await database.stop();
}
if (asked("start")) console.log(await measureStart());

async function compare(work: Work): Promise<void> {
  const ours = await work.prepare(weir);
  const theirs = mlflow && await work.prepare(mlflow);
  const figures: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    figures.ours.push(await ours());
    if (theirs) figures.theirs.push(await theirs());
  }
  const ourMedian = median(figures.ours);
  const line = `${work.name}: Weir ${format(ourMedian)} ${work.unit}`;
  if (!theirs) return console.log(line);
  const theirMedian = median(figures.theirs);
  const ratio = work.better === "more" ? ourMedian / theirMedian : theirMedian / ourMedian;
  console.log(`${line}, MLflow ${format(theirMedian)}: ${ratio.toFixed(1)} times (wanted: ${work.wanted})`);
}

function format(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString("en") : figure.toPrecision(3);
}
