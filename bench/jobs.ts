import { join } from "node:path";
import { median } from "./http.ts";
import type { Server } from "./servers.ts";

const jobs = 20;
/** Of which the first starts the worker. */
const unmeasured = 3;
/** Milliseconds, on a server with nothing else to do. */
const wanted = 100;

/**
 * Milliseconds from asking for a run of a project to the first instant of its program, one job after the other: all of submitting,
 * claiming, fetching and starting is in it. Beside it, what starting the same program costs alone.
 */
export async function measureJobs({ address }: Server): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "weir-bench-project-" });
  const program = ["sh", "-c", `date +%s%3N > ${join(folder, "told")}`];
  await Deno.writeTextFile(
    join(folder, "MLproject"),
    JSON.stringify({ entry_points: { main: { command: `${program[0]} ${program[1]} '${program[2]}'` } } }),
  );
  const told = async () => Number(await Deno.readTextFile(join(folder, "told")));
  const queued: number[] = [];
  const alone: number[] = [];
  for (let i = 0; i < unmeasured + jobs; i++) {
    const start = Date.now();
    await runJob(address, folder);
    const began = await told() - start;
    const bare = Date.now();
    await new Deno.Command(program[0]!, { args: program.slice(1) }).output();
    if (i < unmeasured) continue;
    queued.push(began);
    alone.push(await told() - bare);
  }
  await Deno.remove(folder, { recursive: true });
  return `jobs: from asking to the program's first instant ${median(queued)} ms, the longest ${Math.max(...queued)} ` +
    `(wanted: ${wanted}); the program alone ${median(alone)} ms`;
}

/** Resolves when it is over. Throws unless it went well. */
async function runJob(address: string, uri: string): Promise<void> {
  const jobs = `${address}/api/weir/1/jobs`;
  const submitted = await fetch(jobs, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri, env_manager: "local" }),
  });
  let { job } = await submitted.json();
  while (job.state === "queued" || job.state === "running") {
    await new Promise((done) => setTimeout(done, 20));
    ({ job } = await (await fetch(`${jobs}/${job.job_id}`)).json());
  }
  if (job.state !== "finished") throw new Error(`The job has ${job.state}: ${job.reason}`);
}
