import { join } from "node:path";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";

/** A workspace of Databricks. */
export interface Workspace {
  /** Such as `https://adb-1.azuredatabricks.net`. */
  host: string;
  /** The parsed answer of an endpoint below `/api/`. Throws a DatabricksError where it is an error. */
  call: (method: "GET" | "POST", path: string, input: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** What Databricks refuses, in its own words. */
export class DatabricksError extends Error {
  override readonly name = "DatabricksError";

  /** `code` is Databricks' own, such as RESOURCE_DOES_NOT_EXIST; `status` that of HTTP. */
  constructor(readonly code: string, readonly status: number, message: string) {
    super(message);
  }
}

type Environment = Readonly<Record<string, string>>;

/** Milliseconds for a call. */
const longestCall = 60_000;

/**
 * The workspace of DATABRICKS_HOST and DATABRICKS_TOKEN, else of a profile (DATABRICKS_CONFIG_PROFILE, or DEFAULT) of `.databrickscfg`.
 * INVALID_PARAMETER_VALUE where neither says one.
 */
export async function openWorkspace(environment: Environment): Promise<Workspace> {
  const { host, token } = await credentials(environment);
  const base = URL.parse(host.includes("://") ? host : `https://${host}`);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw invalid(`The host of Databricks must be an address such as https://adb-1.azuredatabricks.net, not ${host}.`);
  }
  return { host: base.origin, call: (method, path, input) => call(base.origin, token, method, path, input) };
}

async function credentials(environment: Environment): Promise<{ host: string; token: string }> {
  const { DATABRICKS_HOST: host, DATABRICKS_TOKEN: token, DATABRICKS_CONFIG_PROFILE: profile = "DEFAULT" } =
    environment;
  if (host && token) return { host, token };
  const home = environment.HOME ?? environment.USERPROFILE ?? "/";
  const file = environment.DATABRICKS_CONFIG_FILE ?? join(home, ".databrickscfg");
  const section = sectionOf(await Deno.readTextFile(file).catch(() => ""), profile);
  const known = { host: host || section.host, token: token || section.token };
  if (known.host && known.token) return { host: known.host, token: known.token };
  throw invalid(
    `Databricks needs a host and a token: set DATABRICKS_HOST and DATABRICKS_TOKEN, or give them to [${profile}] of ${file}.`,
  );
}

/** The settings of a section of an INI file. */
function sectionOf(text: string, name: string): Record<string, string | undefined> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const first = lines.indexOf(`[${name}]`) + 1;
  if (first === 0) return {};
  const end = lines.findIndex((line, at) => at >= first && line.startsWith("["));
  return Object.fromEntries(
    lines.slice(first, end === -1 ? undefined : end).filter((line) => /^\w+\s*[=:]/.test(line))
      .map((line) => /^(\w+)\s*[=:]\s*(.*)$/.exec(line)?.slice(1) ?? []),
  );
}

async function call(
  host: string,
  token: string,
  method: "GET" | "POST",
  path: string,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const query = method === "GET"
    ? `?${new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]))}`
    : "";
  const response = await fetch(`${host}/api/${path}${query}`, {
    method,
    redirect: "manual",
    signal: AbortSignal.timeout(longestCall),
    headers: { authorization: `Bearer ${token}`, "user-agent": "weir", "content-type": "application/json" },
    ...(method === "POST" && { body: JSON.stringify(input) }),
  });
  const text = await response.text();
  const body = parsed(text);
  if (response.ok) return body;
  const said = z.object({ error_code: z.string(), message: z.string().default("") }).safeParse(body).data;
  const message = `Databricks answers ${response.status} to ${path}: ${
    said ? `${said.error_code}: ${said.message}` : text.slice(0, 300)
  }`;
  throw new DatabricksError(said?.error_code ?? "", response.status, message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isAbsent = (error: unknown): boolean =>
  error instanceof DatabricksError && (error.code === "RESOURCE_DOES_NOT_EXIST" || error.status === 404);
