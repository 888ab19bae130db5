import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import { type Access, readAccess, type User } from "./kubeconfig.ts";
import { askPlugin, type Credential } from "./kubernetes_exec.ts";

/** The API server of a cluster. Its connections are closed with it. */
export interface Cluster extends Disposable {
  server: string;
  namespace: string;
  /** The parsed body, with the status of HTTP. Rejects where the server is not reached. */
  call: (method: "GET" | "POST" | "DELETE", path: string, body?: unknown) => Promise<Answer>;
  /** What a GET answers, while it comes. Rejects, with the server's words, unless that is a 200. */
  stream: (path: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
}

export interface Answer {
  status: number;
  body: unknown;
}

type Environment = Readonly<Record<string, string>>;

/** Milliseconds for a call. */
const longestCall = 30_000;
/** Milliseconds before its end at which a credential is replaced. */
const early = 30_000;

/** INVALID_PARAMETER_VALUE as `readAccess`. */
export async function openCluster(environment: Environment, context?: string): Promise<Cluster> {
  const access = await readAccess(environment, context);
  const connections = openConnections(access, environment);
  const send = async (method: string, path: string, signal: AbortSignal, body?: unknown) => {
    const ask = async () => {
      const { client, authorization } = await connections.current();
      return await fetch(access.server + path, {
        method,
        client,
        signal,
        redirect: "manual",
        headers: {
          accept: "application/json, */*",
          ...(authorization !== undefined && { authorization }),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    };
    const response = await ask();
    if (response.status !== 401 || !connections.renew()) return response;
    await response.body?.cancel();
    return await ask();
  };
  return {
    server: access.server,
    namespace: access.namespace,
    call: async (method, path, body) => {
      const response = await send(method, path, AbortSignal.timeout(longestCall), body);
      return { status: response.status, body: parsed(await response.text()) };
    },
    stream: async (path, signal) => {
      const response = await send("GET", path, signal);
      if (response.ok && response.body) return response.body;
      throw new Error(refusal({ status: response.status, body: parsed(await response.text()) }));
    },
    [Symbol.dispose]: connections.close,
  };
}

interface Connection {
  client: Deno.HttpClient;
  authorization: string | undefined;
}

/** Connects as who the kubeconfig says; with a plugin, anew whenever it answers another credential. */
function openConnections({ ca, proxy, user }: Access, environment: Environment) {
  let client: Deno.HttpClient | undefined;
  let credential: Credential | undefined;
  const connect = (): Deno.HttpClient => {
    const [cert, key] = [credential?.certificate ?? user.certificate, credential?.key ?? user.key];
    try {
      return Deno.createHttpClient({
        ...(ca !== undefined && { caCerts: [ca] }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
        ...(proxy !== undefined && { proxy: { url: proxy } }),
      });
    } catch (error) {
      throw invalid(
        `The certificates of the kubeconfig cannot be used: ${error instanceof Error ? error.message : error}`,
      );
    }
  };
  const close = () => {
    client?.close();
    client = undefined;
  };
  return {
    close,
    /** Whether another try may go better, as who the plugin then says. */
    renew: () => {
      const renewable = credential !== undefined;
      credential = undefined;
      return renewable;
    },
    current: async (): Promise<Connection> => {
      if (user.exec && (credential === undefined || credential.expires - early < Date.now())) {
        credential = await askPlugin(user.exec, environment);
        close();
      }
      client ??= connect();
      return { client, authorization: await authorizationOf(user, credential) };
    },
  };
}

async function authorizationOf(user: User, credential: Credential | undefined): Promise<string | undefined> {
  const file = user.token_file && await Deno.readTextFile(user.token_file).catch((error) => {
    throw new Error(`The token in ${user.token_file} cannot be read: ${error.message}`);
  });
  const token = credential?.token ?? file?.trim() ?? user.token;
  if (token) return `Bearer ${token}`;
  if (!user.basic) return undefined;
  const pair = new TextEncoder().encode(`${user.basic.username}:${user.basic.password}`);
  return `Basic ${pair.toBase64()}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 500);
  }
}

/** What the server said against a call. */
export function refusal({ status, body }: Answer): string {
  const said = z.object({ message: z.string() }).safeParse(body).data?.message;
  return `Kubernetes answers ${status}: ${said ?? (typeof body === "string" ? body : "")}`.trimEnd();
}
