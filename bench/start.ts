import { freePort } from "./servers.ts";

/** Starts Weir on its own Postgres as a newcomer does, twice: seconds to the first answer, and megabytes at rest (Linux). */
export async function measureStart(): Promise<string> {
  const folder = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "weir-start-" });
  await Deno.chmod(folder, 0o755);
  const first = await startOnce(folder);
  const second = await startOnce(folder);
  await Deno.remove(folder, { recursive: true });
  return `start: ${first.seconds.toFixed(1)} s the first time, ${second.seconds.toFixed(1)} s after that; ` +
    `${second.megabytes} MB at rest with Postgres`;
}

async function startOnce(folder: string): Promise<{ seconds: number; megabytes: number }> {
  const port = freePort();
  const start = performance.now();
  const child = new Deno.Command("npx", {
    args: ["-y", "deno", "task", "start"],
    cwd: new URL("../", import.meta.url),
    env: { PORT: String(port), WEIR_DATA_DIR: `${folder}/data` },
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  while (!await fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.text(), () => "")) {
    await new Promise((done) => setTimeout(done, 20));
  }
  const seconds = (performance.now() - start) / 1000;
  await new Promise((done) => setTimeout(done, 3000));
  const megabytes = await memoryOf(folder, child.pid);
  Deno.kill(-child.pid, "SIGTERM");
  await child.status;
  await ended(folder);
  return { seconds, megabytes };
}

interface Process {
  pid: string;
  parent: string;
  name: string;
  group: string;
  command: string;
}

async function processes(): Promise<Process[]> {
  const found: Process[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const [stat, command] = await Promise.all([
      Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ""),
      Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => ""),
    ]);
    const match = /^\d+ \((.*)\) \S (\d+) (\d+)/.exec(stat);
    if (match) found.push({ pid, parent: match[2]!, name: match[1]!, group: match[3]!, command });
  }
  return found;
}

/** Proportional set size of Weir's own processes and of its Postgres: npx and its shell are gone in a service. */
async function memoryOf(folder: string, group: number): Promise<number> {
  const all = await processes();
  const postmasters = new Set(all.filter((one) => one.command.includes(folder)).map((one) => one.pid));
  const own = all.filter((one) =>
    (one.group === String(group) && !/^(node|npm|sh)/.test(one.name)) || postmasters.has(one.pid) ||
    postmasters.has(one.parent)
  );
  const sizes = await Promise.all(own.map(async ({ pid }) => {
    const rollup = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`).catch(() => "");
    return Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0);
  }));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024);
}

async function ended(folder: string): Promise<void> {
  while ((await processes()).some((one) => one.command.includes(folder))) {
    await new Promise((done) => setTimeout(done, 50));
  }
}
