import process from "node:process";
import { type GroupWatch, killGroup } from "../projects/process.ts";

/** Milliseconds from SIGTERM to SIGKILL. */
const grace = 3000;

/** Notes the process groups that a worker starts in a file that `reapGroups` has emptied, so that the next worker ends what a killed one left. */
export function noteGroups(file: string): GroupWatch {
  const add = (line: string) => Deno.writeTextFile(file, `${line}\n`, { append: true, mode: 0o600 });
  return {
    started: async (pid) => add(`+ ${pid} ${await birthOf(pid) ?? ""}`),
    ended: (pid) => add(`- ${pid}`),
  };
}

/** Ends the groups that the file names and that still live, and empties it. Answers how many there were. */
export async function reapGroups(file: string): Promise<number> {
  const left = new Map<number, string>();
  const text = await Deno.readTextFile(file).catch(() => "");
  for (const line of text.split("\n")) {
    const [, sign, pid, birth = ""] = /^([+-]) (\d+) ?(.*)$/.exec(line) ?? [];
    if (sign === "+") left.set(Number(pid), birth);
    if (sign === "-") left.delete(Number(pid));
  }
  const boot = await bootOf();
  const groups: number[] = [];
  for (const [pid, birth] of left) if (pid > 1 && await isOurs(pid, birth, boot)) groups.push(pid);
  for (const pid of groups) killGroup(pid, "SIGTERM");
  const end = Date.now() + grace;
  while (groups.some(livesGroup) && Date.now() < end) await new Promise((done) => setTimeout(done, 20));
  for (const pid of groups) killGroup(pid, "SIGKILL");
  await Deno.remove(file).catch(() => {});
  return groups.length;
}

/**
 * A number may by now be another process's, but no process gets the number of a group that still has members: when the first process is
 * gone, and the machine was not started anew, what is left of the group is ours.
 */
async function isOurs(pid: number, birth: string, boot: string): Promise<boolean> {
  if (!livesGroup(pid)) return false;
  const now = await birthOf(pid);
  return now === undefined ? birth.startsWith(`${boot} `) : now === birth;
}

function livesGroup(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When a process was started, with what tells this start of the machine from others; undefined when there is none. */
async function birthOf(pid: number): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    const started = await said("ps", "-o", "lstart=", "-p", String(pid));
    return started === "" ? undefined : `- ${started}`;
  }
  // Field 22, counted from the end of the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const stat = await said("cat", `/proc/${pid}/stat`);
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return ticks === undefined ? undefined : `${await bootOf()} ${ticks}`;
}

let boot: Promise<string> | undefined;
const bootOf = (): Promise<string> =>
  boot ??= Deno.build.os === "linux" ? said("cat", "/proc/sys/kernel/random/boot_id") : Promise.resolve("-");

/** By a program, because Deno reads /proc only with every permission. */
async function said(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}
