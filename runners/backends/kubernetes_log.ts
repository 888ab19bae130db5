import type { Report } from "./backend.ts";
import type { Cluster } from "./kubernetes_api.ts";
import type { LogCursor } from "./kubernetes_log_cursor.ts";
import { pause } from "./polling.ts";

/** The log of one container. */
export interface PodLog {
  namespace: string;
  pod: string;
  container: string;
}

/**
 * Follows the log of a container until it has ended, whichever connections break on the way, and hands on each line once. A cluster that
 * does not give it is told about once, and asked again.
 */
export async function followLog(
  cluster: Cluster,
  { namespace, pod, container }: PodLog,
  { say, write }: Report,
  { cursor, interval, ended, over }: {
    cursor: LogCursor;
    /** Milliseconds. */
    interval: number;
    /** Whether the container has ended. */
    ended: () => boolean;
    /** Aborted, nothing more is read. */
    over: AbortSignal;
  },
): Promise<void> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  let told = false;
  for (let last = false; !last && !over.aborted;) {
    last = ended();
    try {
      const query = new URLSearchParams({ container, follow: "true", timestamps: "true", ...cursor.query() });
      cursor.connected();
      for await (const bytes of await cluster.stream(`${path}?${query}`, over)) {
        const fresh = cursor.take(bytes);
        if (fresh.length > 0) await write("stdout", fresh);
      }
    } catch (error) {
      if (over.aborted) return;
      if (!told) say(`The log of the pod ${pod} cannot be read: ${error instanceof Error ? error.message : error}`);
      told = true;
    }
    if (!last) await pause(interval, over);
  }
}
