/** A virtual environment of Python's for a test of its own, in `.cache`, made anew when its requirements change. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../clients/python.ts";

const pathOf = (url: string) => fileURLToPath(new URL(url, import.meta.url));

/** The folder of the programs of an environment with these lines of `requirements.txt`, which installing takes minutes, once. */
export async function venvWith(
  python: { path: string; version: string },
  package_: "moto" | "pyspark" | "uv",
): Promise<string> {
  const text = await Deno.readTextFile(pathOf("requirements.txt"));
  const line = text.split("\n").find((line) => line.startsWith(package_));
  if (line === undefined) throw new Error(`requirements.txt has no ${package_}.`);
  const folder = pathOf(`../../.cache/venv-${package_}/`);
  const programs = Deno.build.os === "windows" ? `${folder}Scripts` : `${folder}bin`;
  const stamp = createHash("sha256").update(line).update(python.version).digest("hex");
  await Deno.mkdir(dirname(folder), { recursive: true });
  using lock = await Deno.open(`${folder.slice(0, -1)}.lock`, { write: true, create: true });
  await lock.lock(true);
  if (await Deno.readTextFile(`${folder}stamp`).catch(() => "") === stamp) return programs;
  Deno.stderr.writeSync(new TextEncoder().encode(`Installing ${line}: a minute or two, once.\n`));
  await succeed(python.path, ["-m", "venv", "--clear", folder]);
  await succeed(`${programs}/python`, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", line]);
  await Deno.writeTextFile(`${folder}stamp`, stamp);
  return programs;
}

async function succeed(program: string, args: string[]): Promise<void> {
  const { success, output } = await run(program, args);
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${output}`);
}
