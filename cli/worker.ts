// deno-lint-ignore-file no-console -- it talks to people
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { projectExecution } from "../runners/jobs/project.ts";
import { Refusal } from "../runners/jobs/server.ts";
import { runWorker } from "../runners/jobs/worker.ts";
import { listenForStop } from "../runners/stop_signals.ts";
import { Refused, trackingUri } from "./server.ts";

interface Options {
  trackingUri: string;
  token?: string;
  tokenFile?: string;
  name: string;
  label: string[];
  slots: number;
  dataDir: string;
  passEnv: string[];
  whileParent?: boolean;
}

export const worker = new Command("worker")
  .description("Executes jobs of a server on this machine, until it is stopped.")
  .addOption(trackingUri())
  .addOption(new Option("--token <token>", "what the server knows its workers by").env("WEIR_WORKER_TOKEN").hideHelp())
  .option("--token-file <file>", "where that token stands; without it, in WEIR_WORKER_TOKEN, or in the data folder")
  .option("--name <name>", "how people see it", hostname())
  .option("--label <label>", "what this machine has to offer, such as gpu; may be given several times", collected, [])
  .option("--slots <number>", "how many jobs to execute at once", slots, 1)
  .addOption(
    new Option("--data-dir <folder>", "where it keeps what it works with").env("WEIR_DATA_DIR").default("data"),
  )
  .option("--pass-env <name>", "a variable of the environment that jobs get; may be given several times", collected, [])
  .addOption(new Option("--while-parent", "retire once standard input ends").hideHelp())
  .action(async (options: Options) => {
    const signals = { ...listenForStop(), retire: options.whileParent ? endOfInput() : new AbortController().signal };
    const dataDir = resolve(options.dataDir);
    const { name, label: labels, slots, trackingUri: url } = options;
    const environment = environmentOf(options.passEnv);
    const cache = join(Deno.env.get("WEIR_CACHE_DIR") ?? dataDir, "envs");
    const log = (message: string) => console.error(`weir: ${message}`);
    const about = { url, name, labels, slots, host: hostname(), version: Deno.version.deno, log };
    const token = await tokenOf(options, dataDir);
    const execute = projectExecution(cache);
    await runWorker({ ...about, token, dataDir, environment, execute }, signals).catch((error) => {
      throw error instanceof Refusal ? new Refused(`${url} refused: ${error.message}`) : error;
    });
    Deno.exit(0);
  });

/** Who started it holds the other end: it closes with that process, however it ends. */
function endOfInput(): AbortSignal {
  const ended = new AbortController();
  Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {}).finally(() => ended.abort());
  return ended.signal;
}

function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

function slots(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1000) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  }
  return number;
}

async function tokenOf({ token, tokenFile }: Options, dataDir: string): Promise<string> {
  if (token && tokenFile === undefined) return token;
  const file = tokenFile ?? join(dataDir, "worker.token");
  const text = await Deno.readTextFile(file).catch((error) => {
    throw new Refused(
      `There is no token for workers: set WEIR_WORKER_TOKEN to that of the server, or --token-file. ${error.message}`,
    );
  });
  return text.trim();
}

const usual = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|SSL_CERT_(FILE|DIR)|SYSTEMROOT)$/i;

/** What jobs find in their environment: nothing that may be a secret, unless it was asked for. */
function environmentOf(names: readonly string[]): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => names.includes(name) || usual.test(name)));
}
