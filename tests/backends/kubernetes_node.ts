/** A stand-in for a node of a cluster: takes every pod, runs its first container's command as a process of this machine, tells its log. */
import { z } from "zod";
import { join } from "node:path";
import { freePort } from "../tools.ts";
import type { TestCluster } from "./kubernetes_cluster.ts";

const Env = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
});
const NodePod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(
      z.object({
        name: z.string(),
        image: z.string(),
        command: z.array(z.string()).default([]),
        env: z.array(Env).default([]),
      }),
    ),
  }),
});
type NodePod = z.output<typeof NodePod>;

interface Held {
  pod: NodePod;
  child?: Deno.ChildProcess;
  /** As a kubelet keeps it: lines with their times. */
  lines: string[];
  ended: boolean;
  more: PromiseWithResolvers<void>;
}

export interface TestNode extends AsyncDisposable {
  /** Breaks the connections that follow a log now. */
  breakLogs: () => void;
  pids: () => number[];
}

/** Images whose names start with `absent/` cannot be pulled. */
export async function startNode(cluster: TestCluster, options: { logs?: boolean } = {}): Promise<TestNode> {
  const held = new Map<string, Held>();
  const port = freePort();
  const followers = new Set<() => void>();
  const kubelet = options.logs === false ? undefined : await serveLogs(cluster, port, held, followers);
  await cluster.ask("POST", "/api/v1/nodes", { kind: "Node", metadata: { name: `node-${port}` } });
  await cluster.ask("PATCH", `/api/v1/nodes/node-${port}/status`, {
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  }, "application/merge-patch+json");
  const stop = new AbortController();
  const working = (async () => {
    while (!stop.signal.aborted) {
      await tend(cluster, `node-${port}`, held);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    breakLogs: () => followers.forEach((close) => close()),
    pids: () => [...held.values()].flatMap(({ child, ended }) => child && !ended ? [child.pid] : []),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await working;
      held.forEach(kill);
      await cluster.ask("DELETE", `/api/v1/nodes/node-${port}`);
      await kubelet?.shutdown();
    },
  };
}

async function tend(cluster: TestCluster, node: string, held: Map<string, Held>): Promise<void> {
  const { items } = z.object({ items: z.array(NodePod) }).parse(await cluster.ask("GET", "/api/v1/pods"));
  for (const pod of items) {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    const known = held.get(pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (known) kill(known);
      await cluster.ask("DELETE", path, { gracePeriodSeconds: 0 }).catch(() => {});
    } else if (pod.spec.nodeName === undefined) {
      const target = { kind: "Node", name: node };
      const binding = { kind: "Binding", metadata: { name: pod.metadata.name }, target };
      // It may be gone since the look: the next one tells.
      await cluster.ask("POST", `${path}/binding`, binding).catch((error) => {
        if (!/ (404|409) /.test(error.message)) throw error;
      });
    } else if (pod.spec.nodeName === node && known === undefined) {
      const taken: Held = { pod, lines: [], ended: false, more: Promise.withResolvers() };
      held.set(pod.metadata.uid, taken);
      runPod(cluster, path, taken).catch((error) => taken.lines.push(`${new Date().toISOString()} ${error}\n`));
    }
  }
}

async function runPod(cluster: TestCluster, path: string, held: Held): Promise<void> {
  const { pod } = held;
  const [container] = pod.spec.containers;
  if (container === undefined) return;
  const { name, image } = container;
  const status = (phase: string, state: unknown) =>
    cluster.ask("PATCH", `${path}/status`, {
      status: {
        phase,
        containerStatuses: [{ name, image, imageID: "", ready: false, restartCount: 0, state }],
      },
    }, "application/merge-patch+json");
  if (image.startsWith("absent/")) {
    const message = `Back-off pulling image "${image}"`;
    return void await status("Pending", { waiting: { reason: "ImagePullBackOff", message } });
  }
  const [program = "", ...args] = container.command;
  const env = await variables(cluster, pod);
  const child = new Deno.Command(program, {
    args,
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  held.child = child;
  await status("Running", { running: { startedAt: new Date().toISOString() } });
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    held.lines.push(...lines.map((line) => `${stamp(held)} ${line}\n`));
    woken(held);
  }
  const { code: exitCode } = await child.status;
  held.ended = true;
  woken(held);
  const reason = exitCode === 0 ? "Completed" : "Error";
  await status(exitCode === 0 ? "Succeeded" : "Failed", { terminated: { exitCode, reason } }).catch(() => {});
}

/** Of the time when a line was read: several lines may have the same. */
const stamp = ({ lines }: Held): string =>
  new Date().toISOString().replace("Z", `${String(lines.length % 1_000_000).padStart(6, "0")}Z`);

function woken(held: Held): void {
  held.more.resolve();
  held.more = Promise.withResolvers();
}

async function variables(cluster: TestCluster, { spec, metadata }: NodePod): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, value, valueFrom } of spec.containers[0]?.env ?? []) {
    found[name] = value ?? "";
    const { name: secret, key = "" } = valueFrom?.secretKeyRef ?? {};
    if (secret === undefined) continue;
    // A kubelet waits for a Secret that is not there yet.
    for (let tries = 50; tries > 0; tries--) {
      const path = `/api/v1/namespaces/${metadata.namespace}/secrets/${secret}`;
      const answer = await cluster.ask("GET", path).catch(() => undefined);
      const data = z.object({ data: z.record(z.string(), z.string()) }).safeParse(answer).data?.data[key];
      if (data !== undefined) found[name] = new TextDecoder().decode(Uint8Array.fromBase64(data));
      if (data !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return found;
}

function kill({ child, ended }: Held): void {
  try {
    if (child && !ended) Deno.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The log endpoint of a kubelet. The API server does not ask who it is, unless it is told to. */
async function serveLogs(cluster: TestCluster, port: number, held: Map<string, Held>, followers: Set<() => void>) {
  const [cert, key] = await Promise.all(
    ["crt", "key"].map((end) => Deno.readTextFile(join(cluster.folder, "certificates", `apiserver.${end}`))),
  );
  return Deno.serve({ port, hostname: "127.0.0.1", cert, key, onListen: () => {} }, (request) => {
    const url = new URL(request.url);
    const [, name] = /^\/containerLogs\/[^/]+\/([^/]+)\//.exec(url.pathname) ?? [];
    const one = [...held.values()].find(({ pod }) => pod.metadata.name === name);
    if (one === undefined) return new Response("no such pod", { status: 404 });
    const since = url.searchParams.get("sinceTime");
    const first = since === null
      ? 0
      : one.lines.findIndex((line) => Date.parse(line.split(" ")[0]!) >= Date.parse(since));
    return new Response(linesOf(one, first === -1 ? one.lines.length : first, followers));
  });
}

function linesOf(held: Held, first: number, followers: Set<() => void>): ReadableStream<Uint8Array> {
  let at = first;
  let broken = false;
  const close = () => {
    broken = true;
    woken(held);
  };
  followers.add(close);
  return new ReadableStream({
    async pull(controller) {
      while (at >= held.lines.length && !held.ended && !broken) await held.more.promise;
      const text = held.lines.slice(at).join("");
      at = held.lines.length;
      // In the middle of a line.
      if (broken) controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
      else if (text) controller.enqueue(new TextEncoder().encode(text));
      if (!broken && !held.ended) return;
      followers.delete(close);
      controller.close();
    },
  });
}
