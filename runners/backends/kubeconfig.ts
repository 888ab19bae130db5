import { parse } from "@std/yaml";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";

/** How a cluster is reached, and as whom, read of kubeconfig files or of the pod that this process runs in. */
export interface Access {
  /** Such as `https://10.0.0.1:6443`. */
  server: string;
  /** Where a Job goes that names none. */
  namespace: string;
  /** PEM. */
  ca?: string;
  proxy?: string;
  user: User;
}

export interface User {
  /** PEM. */
  certificate?: string;
  /** PEM. */
  key?: string;
  token?: string;
  /** Read again for each request: such tokens are replaced while they are in use. */
  token_file?: string;
  basic?: { username: string; password: string };
  exec?: ExecPlugin;
}

/** A program that answers credentials. */
export interface ExecPlugin {
  apiVersion: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Where a relative path of a program begins. */
  folder: string;
}

type Environment = Readonly<Record<string, string>>;

/**
 * What the kubeconfig files say (KUBECONFIG, else `~/.kube/config`) of a context, else of the current one; where there are none, what a
 * pod finds of its own cluster. INVALID_PARAMETER_VALUE for what is missing there, or not supported.
 */
export async function readAccess(environment: Environment, context?: string): Promise<Access> {
  const files = environment.KUBECONFIG?.split(Deno.build.os === "windows" ? ";" : ":").filter(Boolean) ??
    [join(environment.HOME ?? environment.USERPROFILE ?? "/", ".kube", "config")];
  const configs = (await Promise.all(files.map(readFile))).filter((config) => config !== undefined);
  const name = context ?? configs.map((config) => config["current-context"]).find(Boolean);
  if (name !== undefined) return await accessOf(configs, name);
  if (environment.KUBERNETES_SERVICE_HOST) return await ownCluster(environment);
  throw invalid(
    `No cluster of Kubernetes is known: ${
      files.join(" and ")
    } names no current context, and this is no pod of a cluster.`,
  );
}

const text = z.string().nullish().transform((value) => value || undefined);
const list = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).nullish().transform((entries) => entries ?? []);

const Cluster = z.object({
  server: z.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "tls-server-name": text,
  "proxy-url": text,
});

const KnownUser = z.object({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  "auth-provider": z.unknown().optional(),
  exec: z.object({
    apiVersion: z.string(),
    command: z.string().min(1),
    args: list(z.string()),
    env: list(z.object({ name: z.string(), value: z.string() })),
  }).nullish(),
});

const Kubeconfig = z.object({
  "current-context": text,
  clusters: list(z.object({ name: z.string(), cluster: Cluster })),
  users: list(z.object({ name: z.string(), user: KnownUser })),
  contexts: list(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: text, namespace: text }) }),
  ),
});

type Config = z.output<typeof Kubeconfig> & { folder: string };

/** Undefined where there is no such file. */
async function readFile(file: string): Promise<Config | undefined> {
  let content: string;
  try {
    content = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw invalid(`The kubeconfig ${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const read = Kubeconfig.safeParse(parsed(content));
  if (read.success) return { ...read.data, folder: dirname(resolve(file)) };
  const [issue] = read.error.issues;
  throw invalid(`The kubeconfig ${file} is wrong: ${issue?.path.join(".") || "the file"}: ${issue?.message}`);
}

function parsed(content: string): unknown {
  try {
    return parse(content);
  } catch {
    return undefined;
  }
}

async function accessOf(configs: readonly Config[], name: string): Promise<Access> {
  const context = first(configs, "contexts", "context", name).context;
  const { cluster, folder } = first(configs, "clusters", "cluster", context.cluster);
  if (cluster["insecure-skip-tls-verify"]) {
    throw invalid(
      `The cluster '${context.cluster}' of the kubeconfig has insecure-skip-tls-verify: give its certificate-authority.`,
    );
  }
  if (cluster["tls-server-name"] !== undefined) {
    throw invalid(`The cluster '${context.cluster}' of the kubeconfig has tls-server-name, which is not supported.`);
  }
  const ca = await pem(folder, cluster["certificate-authority-data"], cluster["certificate-authority"]);
  return {
    server: cluster.server.replace(/\/+$/, ""),
    namespace: context.namespace ?? "default",
    ...(ca !== undefined && { ca }),
    ...(cluster["proxy-url"] !== undefined && { proxy: cluster["proxy-url"] }),
    user: context.user === undefined ? {} : await userOf(configs, context.user),
  };
}

async function userOf(configs: readonly Config[], name: string): Promise<User> {
  const { user, folder } = first(configs, "users", "user", name);
  if (user["auth-provider"] !== undefined) {
    throw invalid(
      `The user '${name}' of the kubeconfig has an auth-provider: they are gone from Kubernetes, use exec.`,
    );
  }
  const certificate = await pem(folder, user["client-certificate-data"], user["client-certificate"]);
  const key = await pem(folder, user["client-key-data"], user["client-key"]);
  const { token, tokenFile, username, password = "", exec } = user;
  return {
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(tokenFile !== undefined && { token_file: resolve(folder, tokenFile) }),
    ...(token !== undefined && tokenFile === undefined && { token }),
    ...(username !== undefined && { basic: { username, password } }),
    ...(exec && { exec: { ...exec, env: Object.fromEntries(exec.env.map((one) => [one.name, one.value])), folder } }),
  };
}

/** The first entry of a name, in the order of the files. */
function first<List extends "contexts" | "clusters" | "users">(
  configs: readonly Config[],
  key: List,
  noun: string,
  name: string,
): Config[List][number] & { folder: string } {
  for (const config of configs) {
    const found = config[key].find((entry) => entry.name === name);
    if (found !== undefined) return { ...found, folder: config.folder };
  }
  const known = configs.flatMap((config) => config[key].map((entry) => entry.name));
  throw invalid(`The kubeconfig has no ${noun} '${name}'. It has ${known.join(", ") || "none"}.`);
}

/** A certificate or a key that stands in the file itself, in base64, or in a file beside it. */
async function pem(folder: string, data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data !== undefined) return decoded(data);
  if (file === undefined) return undefined;
  return await Deno.readTextFile(resolve(folder, file)).catch((error) => {
    throw invalid(`The kubeconfig names the file ${file}, which cannot be read: ${error.message}`);
  });
}

function decoded(data: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(data));
  } catch {
    throw invalid("A certificate or a key of the kubeconfig is not base64.");
  }
}

/** Where a pod finds the credentials of its service account. */
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

async function ownCluster(
  { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" }: Environment,
): Promise<Access> {
  const namespace = await Deno.readTextFile(`${serviceAccount}/namespace`).catch(() => "default");
  const ca = await Deno.readTextFile(`${serviceAccount}/ca.crt`).catch(() => undefined);
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: namespace.trim(),
    ...(ca !== undefined && { ca }),
    user: { token_file: `${serviceAccount}/token` },
  };
}
