import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { type Defaulted, type LogLevel, type Setting, settings } from "./startup/settings.ts";
import type { UploadArguments } from "./startup/upload_arguments.ts";

type Environment = Record<string, string | undefined>;

/** What the environment says, checked. */
export interface Config {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Undefined: Weir runs its own Postgres in `dataDir`. */
  databaseUrl: string | undefined;
  /** A folder (absolute path or `file:` URL) `s3://bucket/prefix`, or `wasbs://container@account.blob.core.windows.net/prefix`. */
  artifactRoot: string;
  /** What the S3 client is told beyond the `AWS_…` variables and files that it reads itself. */
  s3: {
    endpoint?: string;
    region?: string;
    addressing?: "auto" | "path" | "virtual";
    uploadArguments?: UploadArguments;
    ignoreTls?: true;
  };
  /** What opens a storage account of Azure. */
  azure: { connectionString?: string; account?: string; key?: string; sas?: string };
  /** Whether clients may reach the artifact stores themselves. */
  directTransfers: boolean;
  /** Absolute. */
  dataDir: string;
  /** Without a slash at its end; undefined: as each request says. */
  publicUrl: string | undefined;
  /** `Host` headers (lower case) that are answered beside the loopback's own. */
  allowedHosts: string[];
  prepare: boolean;
  /** Connections. */
  pool: number;
  /** Whether webhooks may be sent to private addresses, and over plain HTTP. */
  webhookPrivate: boolean;
  /** The first one encrypts, each of them decrypts; none: Weir keeps one in `dataDir`. */
  secretKeys: string[];
  /** How many to start beside the server. */
  workers: number;
  /** Undefined: Weir keeps one in `dataDir`. */
  workerToken: string | undefined;
  /** Days that things stay in the bin; undefined: until somebody empties it. */
  binDays: number | undefined;
  log: LogLevel;
  /** Whole sentences: what may not be meant as it was set. */
  warnings: string[];
}

/** A setting that cannot be used; the message is one plain sentence without secrets. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Connections: of the 40 that it takes (`runners/postgres_cluster.ts`), the rest is for workers and people. */
const ownPostgresPool = 30;

/** What the environment says; relative paths start from `folder`. ConfigError for the first setting that cannot be used. */
export function readConfig(env: Environment = Deno.env.toObject(), folder = Deno.cwd()): Config {
  const databaseUrl = read(settings.databaseUrl, env);
  const endpoint = read(settings.s3Endpoint, env);
  const region = read(settings.s3Region, env);
  const addressing = read(settings.s3Addressing, env);
  const uploadArguments = read(settings.s3UploadArguments, env);
  const publicUrl = read(settings.publicUrl, env);
  const dataDir = dataFolder(env, folder, databaseUrl === undefined);
  const config: Config = {
    host: read(settings.host, env),
    port: read(settings.port, env),
    databaseUrl,
    artifactRoot: artifactRoot(env, folder, dataDir),
    s3: {
      ...(endpoint && { endpoint }),
      ...(region && { region }),
      ...(addressing && { addressing }),
      ...(uploadArguments && { uploadArguments }),
      ...(read(settings.s3IgnoreTls, env) && { ignoreTls: true }),
    },
    azure: azureOf(env),
    directTransfers: read(settings.directTransfers, env),
    dataDir,
    publicUrl,
    allowedHosts: [...read(settings.allowedHosts, env), ...(publicUrl ? [new URL(publicUrl).host] : [])],
    prepare: read(settings.prepare, env),
    pool: read(settings.pool, env),
    webhookPrivate: read(settings.webhookPrivate, env),
    secretKeys: read(settings.secretKeys, env),
    workers: given("DENO_DEPLOYMENT_ID", env) === undefined ? read(settings.workers, env) : 0,
    workerToken: read(settings.workerToken, env),
    binDays: read(settings.binDays, env),
    log: read(settings.log, env),
    warnings: unknownSettings(env),
  };
  refuseContradictions(config, env);
  return config;
}

/** Whether `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function refuseContradictions(config: Config, env: Environment): void {
  const onDeploy = given("DENO_DEPLOYMENT_ID", env) !== undefined;
  if (config.databaseUrl === undefined) {
    if (onDeploy) throw new ConfigError("DATABASE_URL must be set: Deno Deploy cannot run Weir's own Postgres.");
    if (config.pool > ownPostgresPool) {
      throw new ConfigError(
        `WEIR_POOL is ${config.pool}, but must be at most ${ownPostgresPool} for Weir's own Postgres.`,
      );
    }
  }
  if (read(settings.open, env) || (!onDeploy && isLoopback(config.host))) return;
  throw new ConfigError(
    (onDeploy ? "Deno Deploy is open to everyone" : `HOST is ${config.host}, which other machines can reach`) +
      ", and there are no accounts yet, so whoever reaches Weir could read and delete everything: " +
      (onDeploy ? "" : "leave HOST at 127.0.0.1, or ") +
      "set WEIR_OPEN=yes if a private network or a proxy with a login keeps strangers out.",
  );
}

function given(name: string, env: Environment): string | undefined {
  return env[name]?.trim() || undefined;
}

function read<T>(setting: Defaulted<T>, env: Environment): T;
function read<T>(setting: Setting<T>, env: Environment): T | undefined;
function read<T>(setting: Setting<T>, env: Environment): T | undefined {
  const names = [setting.name, ...setting.aliases ?? []];
  const name = names.find((name) => given(name, env) !== undefined) ?? setting.name;
  const text = given(name, env) ?? setting.default;
  if (text === undefined) return undefined;
  const value = setting.parse(text);
  if (value !== undefined) return value;
  throw new ConfigError(`${name} is ${shown(text, setting.secret)}, but must be ${setting.expected}.`);
}

/** What was set, as far as a log may show it. */
function shown(text: string, secret: "address" | "text" | undefined): string {
  if (secret === "text") return "set to something else";
  if (!secret && !text.includes("@")) return JSON.stringify(text);
  const protocol = URL.parse(text)?.protocol;
  return protocol === undefined ? "no address" : `an address of the kind ${protocol}`;
}

function azureOf(env: Environment): Config["azure"] {
  const connectionString = read(settings.azureConnection, env);
  const account = read(settings.azureAccount, env);
  const key = read(settings.azureKey, env);
  const sas = read(settings.azureSas, env);
  return {
    ...(connectionString && { connectionString }),
    ...(account && { account }),
    ...(key && { key }),
    ...(sas && { sas }),
  };
}

function artifactRoot(env: Environment, folder: string, dataDir: string): string {
  const root = read(settings.artifactRoot, env) ?? join(dataDir, "artifacts");
  return /^(s3|wasbs|file):/i.test(root) ? root : resolve(folder, root);
}

/**
 * Postgres does not run as root, so root's own Postgres needs a folder that other users can pass through, which one below
 * a home usually is not.
 */
function dataFolder(env: Environment, folder: string, forPostgres: boolean): string {
  const local = resolve(folder, read(settings.dataDir, env));
  if (given(settings.dataDir.name, env) !== undefined || !forPostgres || Deno.uid() !== 0 || passable(folder)) {
    return local;
  }
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  return join("/var/lib/weir", `${basename(folder)}-${hash}`);
}

/** Whether every user can pass through `folder` and all that it lies in. */
function passable(folder: string): boolean {
  const { mode } = Deno.statSync(folder);
  const open = mode === null || (mode & 0o001) !== 0;
  const parent = dirname(folder);
  return open && (parent === folder || passable(parent));
}

function unknownSettings(env: Environment): string[] {
  const known = Object.values(settings).map(({ name }) => name);
  return Object.keys(env)
    // WEIR_TEST_… is for the tests.
    .filter((name) => name.startsWith("WEIR_") && !name.startsWith("WEIR_TEST_") && !known.includes(name))
    .sort()
    .map((name) => `${name} is not a setting of Weir; did you mean ${nearest(name, known)}?`);
}

/** The setting that shares most pairs of letters with `name` (Dice's coefficient). */
function nearest(name: string, known: string[]): string {
  const pairs = (text: string) => new Set(Array.from(text.slice(1), (letter, i) => text.charAt(i) + letter));
  const wanted = pairs(name.replace("WEIR_", ""));
  const likeness = (one: string) => {
    const its = pairs(one.replace("WEIR_", ""));
    return 2 * its.intersection(wanted).size / (its.size + wanted.size);
  };
  return known.reduce((best, one) => likeness(one) > likeness(best) ? one : best);
}
