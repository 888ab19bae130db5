/** Python with MLflow's client for the tests: a virtual environment in `.cache/venv`, made anew when its requirements change. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const here = fileURLToPath(new URL(".", import.meta.url));
const folder = fileURLToPath(new URL("../../.cache/venv/", import.meta.url));
const lockFile = fileURLToPath(new URL("../../.cache/venv.lock", import.meta.url));
const inFolder = Deno.build.os === "windows" ? `${folder}Scripts\\python.exe` : `${folder}bin/python`;

export const pythonIsMissing = "There is no Python 3.10 or later, with its venv module, on the PATH.";

/** The first Python on the PATH that is new enough, and what it calls its version. */
export async function systemPython(): Promise<{ path: string; version: string } | undefined> {
  const question = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version)";
  const asked = ["python3", "python"].map(async (path) => {
    const { success, output } = await run(path, ["-c", question]).catch(() => ({ success: false, output: "" }));
    return success ? { path, version: output } : undefined;
  });
  return (await Promise.all(asked)).find((python) => python !== undefined);
}

/** The path of a Python that has what `requirements.txt` lists. Making it takes minutes and a package index, once. */
export async function clientPython(python: { path: string; version: string }): Promise<string> {
  const requirements = `${here}requirements.txt`;
  const stamp = createHash("sha256").update(await Deno.readTextFile(requirements)).update(python.version).digest("hex");
  // Test files run side by side: one of them makes it, the others wait.
  await Deno.mkdir(dirname(lockFile), { recursive: true });
  using lock = await Deno.open(lockFile, { write: true, create: true });
  await lock.lock(true);
  const made = await Deno.readTextFile(`${folder}stamp`).catch(() => "");
  if (made === stamp) return inFolder;
  Deno.stderr.writeSync(new TextEncoder().encode("Installing MLflow's Python client: a minute or two, once.\n"));
  await succeed(python.path, ["-m", "venv", "--clear", folder]);
  await succeed(inFolder, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  await Deno.writeTextFile(`${folder}stamp`, stamp);
  return inFolder;
}

/** Runs a program, with nothing in its environment that would lead MLflow elsewhere. Both outputs as one text. */
export async function run(program: string, args: string[], env: Record<string, string> = {}, cwd = here) {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => !/^(MLFLOW|PYTHON|PYTEST)/.test(name));
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), PYTHONDONTWRITEBYTECODE: "1", PYTHONIOENCODING: "utf-8", ...env },
    stdin: "null",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output: `${out}${error}` };
}

async function succeed(program: string, args: string[]): Promise<void> {
  const { success, output } = await run(program, args);
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${output}`);
}
