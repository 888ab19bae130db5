/** A real cluster but for its nodes: etcd, the API server and the controllers, on loopback. */
import { join } from "node:path";
import { find, freePort } from "../tools.ts";

const [etcd, apiserver, controllers] = await Promise.all(
  ["etcd", "kube-apiserver", "kube-controller-manager"].map(find),
);

export const kubernetesTool = etcd && apiserver && controllers;
export const kubernetesIsMissing =
  "etcd 3.6, kube-apiserver and kube-controller-manager 1.34 are not all in a folder of PATH or in WEIR_TEST_TOOLS.";

export interface TestCluster extends AsyncDisposable {
  server: string;
  folder: string;
  /** PEM of what has signed the API server's certificate. */
  ca: string;
  /** Of an administrator. */
  token: string;
  /** Of somebody who may make and see Jobs, but no Secrets. */
  weakToken: string;
  client: Deno.HttpClient;
  /** The parsed answer; throws where it is an error. */
  ask: (method: string, path: string, body?: unknown, type?: string) => Promise<unknown>;
  /** The path of a kubeconfig, in the test's folder. */
  kubeconfig: (user: Record<string, unknown>, name?: string) => Promise<string>;
}

export async function startCluster(): Promise<TestCluster> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "weir-kubernetes-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const [store, peer, port] = [freePort(), freePort(), freePort()];
  const [token, weakToken] = [crypto.randomUUID(), crypto.randomUUID()];
  const tokens = join(folder, "tokens.csv");
  await Deno.writeTextFile(tokens, `${token},admin,1,"system:masters"\n${weakToken},weak,2,"weak"\n`);
  const start = (path: string | undefined, name: string, args: string[]) =>
    stack.use(program(path, name, args, folder));
  start(etcd, "etcd", [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=http://127.0.0.1:${store}`,
    `--advertise-client-urls=http://127.0.0.1:${store}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
    `--initial-cluster=default=http://127.0.0.1:${peer}`,
    "--unsafe-no-fsync",
  ]);
  await makeAccountKey(folder);
  const certificates = join(folder, "certificates");
  start(apiserver, "apiserver", [
    `--etcd-servers=http://127.0.0.1:${store}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${certificates}`,
    `--token-auth-file=${tokens}`,
    "--authorization-mode=RBAC",
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
    "--service-account-issuer=https://localhost",
    `--service-account-key-file=${join(folder, "account.pem")}`,
    `--service-account-signing-key-file=${join(folder, "account.pem")}`,
  ]);
  const ca = await readOnceThere(join(certificates, "apiserver.crt"));
  const client = stack.adopt(Deno.createHttpClient({ caCerts: [ca] }), (client) => client.close());
  const server = `https://127.0.0.1:${port}`;
  const ask = async (method: string, path: string, body?: unknown, type = "application/json"): Promise<unknown> => {
    const response = await fetch(server + path, {
      method,
      client,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": type }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return path.startsWith("/readyz") ? text : JSON.parse(text);
  };
  await until(() => ask("GET", "/readyz").then(() => true, () => false));
  const kubeconfig = (user: Record<string, unknown>, name = "kubeconfig") =>
    writeKubeconfig(folder, server, ca, user, name);
  start(controllers, "controllers", [
    `--kubeconfig=${await kubeconfig({ token }, "controllers.yaml")}`,
    "--controllers=job-controller,garbage-collector-controller,namespace-controller",
    "--leader-elect=false",
    "--secure-port=0",
  ]);
  await until(() => ask("GET", "/api/v1/namespaces/default").then(() => true, () => false));
  const kept = stack.move();
  return {
    server,
    folder,
    ca,
    token,
    weakToken,
    client,
    ask,
    kubeconfig,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A program that is killed with the test. What it says is in its log file. */
function program(path: string | undefined, name: string, args: string[], folder: string): AsyncDisposable {
  if (path === undefined) throw new Error(kubernetesIsMissing);
  const log = Deno.openSync(join(folder, `${name}.log`), { write: true, create: true });
  const child = new Deno.Command(path, { args, cwd: folder, stdin: "null", stdout: "null", stderr: "piped" }).spawn();
  const logged = child.stderr.pipeTo(log.writable);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await Promise.all([child.status, logged]);
    },
  };
}

async function makeAccountKey(folder: string): Promise<void> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey)).toBase64();
  const lines = der.replace(/.{64}/g, "$&\n").trimEnd();
  await Deno.writeTextFile(
    join(folder, "account.pem"),
    `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  );
}

async function writeKubeconfig(
  folder: string,
  server: string,
  ca: string,
  user: Record<string, unknown>,
  name: string,
): Promise<string> {
  const data = new TextEncoder().encode(ca).toBase64();
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "here", cluster: { server, "certificate-authority-data": data } }],
    users: [{ name: "me", user }],
    contexts: [{ name: "test", context: { cluster: "here", user: "me" } }],
  };
  const path = join(folder, name);
  await Deno.writeTextFile(path, JSON.stringify(config)); // JSON is YAML too
  return path;
}

async function readOnceThere(file: string): Promise<string> {
  let text = "";
  await until(async () => (text = await Deno.readTextFile(file).catch(() => "")) !== "");
  return text;
}

/** Asks again and again, for a minute at most. */
export async function until(met: () => boolean | Promise<boolean>, tries = 600): Promise<void> {
  while (!await met()) {
    if (--tries === 0) throw new Error("It has not come true.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
