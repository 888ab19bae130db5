import { type Ending, type Report } from "./backend.ts";
import { type Answer, type Cluster, refusal } from "./kubernetes_api.ts";
import { followLog } from "./kubernetes_log.ts";
import { LogCursor } from "./kubernetes_log_cursor.ts";
import { endingOf, hasEnded, hasStarted, Job, type Pod, Pods, troubleOf } from "./kubernetes_state.ts";
import { lost, pause, untilEnded } from "./polling.ts";

export interface Watched {
  namespace: string;
  job: string;
  uid: string;
  /** Of the Job, at the API server. */
  path: string;
  /** Milliseconds. */
  interval: number;
  /** Aborted once the Job's deletion is asked for. */
  cancelled: AbortSignal;
  /** Up to where the log was handed on. */
  at: { since: string | undefined };
}

/** Milliseconds for what is left of the log when the Job has ended. */
const longestRest = 15_000;
/** Milliseconds after which a cancelled Job is not waited for: the node of its pod may be gone. */
const longestDeletion = 60_000;

/** Follows a Job to its end, and the logs of its pods, one pod after the other as the Job tries again. */
export async function watchJob(cluster: Cluster, watched: Watched, report: Report): Promise<Ending> {
  const { job, path, uid, cancelled } = watched;
  const what = `The Job ${job} of Kubernetes`;
  const logs = followPods(cluster, watched, report);
  let cancelledAt: number | undefined;
  try {
    const ending = await untilEnded({
      what,
      say: report.say,
      interval: watched.interval,
      hurry: cancelled,
      look: async () => {
        const answer = await cluster.call("GET", path);
        const found = jobOf(answer);
        const pods = await podsOf(cluster, watched);
        logs.see(pods);
        if (cancelled.aborted) cancelledAt ??= performance.now();
        const late = cancelledAt !== undefined && performance.now() - cancelledAt > longestDeletion;
        if (late) {
          return { status: "KILLED", reason: `${what} is deleted, but its pod has not ended: its node may be gone.` };
        }
        if (found === undefined || found.metadata.uid !== uid) return gone(what, cancelled);
        return endingOf(found, pods);
      },
    });
    await logs.finish();
    if (!cancelled.aborted) await forget(cluster, watched);
    return ending;
  } finally {
    logs.stop();
  }
}

const gone = (what: string, cancelled: AbortSignal): Ending =>
  cancelled.aborted ? { status: "KILLED" } : lost(what, "somebody deleted it.");

/** Undefined where there is none any more. */
function jobOf(answer: Answer): Job | undefined {
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(refusal(answer));
  return Job.parse(answer.body);
}

async function podsOf(cluster: Cluster, { namespace, job }: Watched): Promise<Pod[]> {
  const selector = new URLSearchParams({ labelSelector: `job-name=${job}` });
  const answer = await cluster.call("GET", `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${selector}`);
  if (answer.status !== 200) throw new Error(refusal(answer));
  return Pods.parse(answer.body).items;
}

/** The Secret is of no use any more; with the Job itself, people may still want to look at what happened. */
async function forget(cluster: Cluster, { namespace, job }: Watched): Promise<void> {
  await cluster.call("DELETE", `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${job}`).catch(() => {});
}

function followPods(cluster: Cluster, { namespace, interval, at }: Watched, report: Report) {
  const over = new AbortController();
  const ended = new Set<string>();
  const followed = new Map<string, Promise<void>>();
  const told = new Set<string>();
  const first = at.since;
  const follow = async ({ metadata: { name, uid }, spec }: Pod): Promise<void> => {
    const cursor = new LogCursor(first);
    const log = { namespace, pod: name, container: spec.containers[0]?.name ?? "" };
    const how = { cursor, interval, ended: () => ended.has(uid), over: over.signal };
    await followLog(cluster, log, { ...report, write: keeping(cursor, at, report.write) }, how);
  };
  return {
    /** The pods as they are now; those that are there no more have ended. */
    see: (pods: readonly Pod[]) => {
      for (const uid of followed.keys()) if (!pods.some(({ metadata }) => metadata.uid === uid)) ended.add(uid);
      for (const pod of pods) {
        const { uid } = pod.metadata;
        if (hasEnded(pod)) ended.add(uid);
        if (hasStarted(pod) && !followed.has(uid)) followed.set(uid, follow(pod));
        const trouble = troubleOf(pod);
        if (trouble !== undefined && !told.has(trouble)) report.say(trouble);
        if (trouble !== undefined) told.add(trouble);
      }
    },
    /** Waits for what is left of the logs. */
    finish: async () => {
      for (const uid of followed.keys()) ended.add(uid);
      await Promise.race([Promise.all(followed.values()), pause(longestRest, over.signal)]);
    },
    stop: () => over.abort(),
  };
}

/** Remembers up to where the log was handed on. */
const keeping =
  (cursor: LogCursor, at: Watched["at"], write: Report["write"]): Report["write"] => async (stream, bytes) => {
    await write(stream, bytes);
    at.since = cursor.since;
  };
