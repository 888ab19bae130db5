import { resolve } from "node:path";
import { z } from "zod";
import { ApiError, invalid } from "../../domain/errors.ts";
import type { Backend, Execution, Reference, Report, Task } from "./backend.ts";
import { readConfig, word } from "./backend_config.ts";
import { dockerEnvironment, isLoopback, oneProgram } from "./container.ts";
import { clusterImage } from "./docker_image.ts";
import { type Cluster, openCluster, refusal } from "./kubernetes_api.ts";
import { imageOf, type JobPlan, type JobTemplate, planJob, readTemplate, secretOf } from "./kubernetes_job.ts";
import { Job } from "./kubernetes_state.ts";
import { watchJob } from "./kubernetes_watch.ts";

/** Keys and meanings are MLflow's; the repository may be left out. */
const config = {
  "kube-context": word.optional(),
  "repository-uri": word.optional(),
  "kube-job-template-path": word,
};

export interface KubernetesOptions {
  /** Milliseconds between two looks at a Job. */
  interval?: number;
}

/** Runs projects as Jobs of a cluster, made from a template of the user's. */
export const openKubernetes = ({ interval = 3000 }: KubernetesOptions = {}): Backend => ({
  name: "kubernetes",
  submit: (task, report, signal) => submit(task, report, signal, interval),
  resume: async (reference, { config: given, environment }) => {
    const known = Known.safeParse(reference);
    if (!known.success) {
      throw invalid("The reference to a Job of Kubernetes must name its namespace, its job and its uid.");
    }
    const { "kube-context": context } = readConfig("kubernetes", config, given);
    return execution(await openCluster(environment, known.data.context ?? context), known.data, interval);
  },
});

const Known = z.object({
  namespace: z.string(),
  job: z.string(),
  uid: z.string(),
  context: z.string().optional(),
  since: z.string().optional(),
});
type Known = z.output<typeof Known>;

async function submit(
  task: Task,
  report: Report,
  signal: AbortSignal | undefined,
  interval: number,
): Promise<Execution> {
  const given = readConfig("kubernetes", config, task.config);
  const context = given["kube-context"];
  const template = await templateOf(task, given["kube-job-template-path"]);
  const base = dockerEnvironment(task.project)?.image ?? imageOf(template);
  if (base === undefined) {
    throw invalid("There is no image to run: neither docker_env of the project nor the Job's template has one.");
  }
  using stack = new DisposableStack();
  const cluster = stack.use(await openCluster(task.environment, context));
  const image = await clusterImage(
    task,
    { base, repository: given["repository-uri"], setting: "repository-uri", puller: "the cluster" },
    report,
    signal,
  );
  if (isLoopback(task.environment.KUBE_MLFLOW_TRACKING_URI ?? task.variables.MLFLOW_TRACKING_URI ?? "")) {
    report.say(
      "The tracking server's address is that of this machine alone: set KUBE_MLFLOW_TRACKING_URI to one that pods reach.",
    );
  }
  const { namespace } = cluster;
  const program = oneProgram(task.steps);
  const plan = planJob(task, { template, image, program, namespace, now: new Date() });
  signal?.throwIfAborted();
  const uid = await create(cluster, plan);
  report.say(`Created the Job ${plan.name} in the namespace ${plan.namespace}`);
  stack.move();
  const known = { namespace: plan.namespace, job: plan.name, uid, ...(context !== undefined && { context }) };
  return execution(cluster, known, interval);
}

/** A relative path begins in the project's folder. */
async function templateOf(task: Task, path: string): Promise<JobTemplate> {
  const yaml = await Deno.readTextFile(resolve(task.folder, path)).catch(() => {
    throw invalid(`Could not find 'kube-job-template-path': ${path}. A relative path begins in the project's folder.`);
  });
  return readTemplate(yaml, `'kube-job-template-path' ${path}`);
}

/** The Job first, then its Secret, which goes with it; the pod waits for it. */
async function create(cluster: Cluster, plan: JobPlan): Promise<string> {
  const jobs = `/apis/batch/v1/namespaces/${encodeURIComponent(plan.namespace)}/jobs`;
  const made = await cluster.call("POST", jobs, plan.job);
  const job = Job.safeParse(made.body);
  if (made.status !== 201 || !job.success) throw refused(made.status, `The Job cannot be created. ${refusal(made)}`);
  const { uid } = job.data.metadata;
  if (Object.keys(plan.secrets).length === 0) return uid;
  const secrets = `/api/v1/namespaces/${encodeURIComponent(plan.namespace)}/secrets`;
  const secret = await cluster.call("POST", secrets, secretOf(plan, uid)).catch((error) => ({
    status: 503,
    body: String(error),
  }));
  if (secret.status === 201) return uid;
  await cluster.call("DELETE", `${jobs}/${plan.name}`, { propagationPolicy: "Background" });
  throw refused(secret.status, `The Secret with the run's variables cannot be created. ${refusal(secret)}`);
}

const refused = (status: number, message: string): ApiError =>
  status >= 500 ? new ApiError("TEMPORARILY_UNAVAILABLE", message) : invalid(message);

function execution(cluster: Cluster, known: Known, interval: number): Execution {
  const path = `/apis/batch/v1/namespaces/${encodeURIComponent(known.namespace)}/jobs/${encodeURIComponent(known.job)}`;
  const cancelled = new AbortController();
  const at: { since: string | undefined } = { since: known.since };
  return {
    get reference(): Reference {
      const { namespace, job, uid, context } = known;
      return {
        namespace,
        job,
        uid,
        ...(context !== undefined && { context }),
        ...(at.since !== undefined && { since: at.since }),
      };
    },
    watch: async (report) => {
      using _ = cluster;
      return await watchJob(cluster, { ...known, path, interval, cancelled: cancelled.signal, at }, report);
    },
    cancel: async () => {
      if (cancelled.signal.aborted) return;
      const preconditions = { uid: known.uid };
      const answer = await cluster.call("DELETE", path, { propagationPolicy: "Foreground", preconditions });
      // 409: a Job of the same name, but not this one.
      if (answer.status >= 400 && ![404, 409].includes(answer.status)) throw new Error(refusal(answer));
      cancelled.abort();
    },
  };
}
