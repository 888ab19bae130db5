import { resolve } from "node:path";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import { askProgram, findProgram } from "../projects/process.ts";
import type { ExecPlugin } from "./kubeconfig.ts";

/** What a plugin answers. */
export interface Credential {
  token?: string | undefined;
  /** PEM. */
  certificate?: string | undefined;
  key?: string | undefined;
  /** Milliseconds since the epoch. */
  expires: number;
}

const Answer = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/** Seconds that a plugin may take. */
const longest = 60;

/**
 * Asks a plugin of a kubeconfig for a credential. It is started with its arguments as a list, and no person answers its questions.
 * INVALID_PARAMETER_VALUE with what it printed where it has none. Source: client.authentication.k8s.io.
 */
export async function askPlugin(
  { apiVersion, command, args, env, folder }: ExecPlugin,
  environment: Readonly<Record<string, string>>,
): Promise<Credential> {
  const path = /[\\/]/.test(command) ? resolve(folder, command) : await findProgram(command, environment.PATH);
  if (path === undefined) throw invalid(`The kubeconfig's exec program '${command}' is not on the PATH.`);
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const whole = { ...environment, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const { code, out, err } = await askProgram(
    { argv: [path, ...args], env: whole },
    AbortSignal.timeout(longest * 1000),
  )
    .catch((error) => ({ code: -1, out: "", err: error.message }));
  const answer = code === 0 ? Answer.safeParse(json(out)).data?.status : undefined;
  if (answer === undefined) {
    throw invalid(
      `The kubeconfig's exec program '${command}' gave no credential: ${err.slice(-500) || `it ended with ${code}`}`,
    );
  }
  return {
    token: answer.token,
    certificate: answer.clientCertificateData,
    key: answer.clientKeyData,
    expires: answer.expirationTimestamp === undefined ? Infinity : Date.parse(answer.expirationTimestamp),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
