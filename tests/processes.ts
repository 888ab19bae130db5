/** Looks at the processes of this machine (Linux). */

/** The options of a test that looks at processes. */
export const needsProc = { ignore: Deno.build.os !== "linux" };

/** The commands of the processes that work in `folder`, below it, or name it. */
export async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const [cwd, command] = await Promise.all([
      Deno.readLink(`/proc/${pid}/cwd`).catch(() => ""),
      Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => ""),
    ]);
    if (`${cwd}/`.startsWith(`${folder}/`) || command.includes(folder)) found.push(command.replaceAll("\0", " "));
  }
  return found;
}

/** The most memory that a process has held so far, in megabytes. */
export async function peakMemory(pid: number): Promise<number> {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`)) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc tells no memory of process ${pid}.`);
  return Math.round(Number(kilobytes) / 1024);
}
