import { parse } from "@std/yaml";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import type { Step } from "../../domain/projects/command.ts";
import type { Task } from "./backend.ts";
import { containerVariables, safeName } from "./container.ts";

const Container = z.looseObject({
  image: z.string().optional(),
  env: z.array(z.looseObject({ name: z.string() })).nullish(),
});

const Template = z.looseObject({
  kind: z.literal("Job").default("Job"),
  metadata: z.looseObject({
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).nullish(),
  }).nullish(),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: z.tuple([Container], Container) }),
    }),
  }),
});

/** A Job as the user's template has it. */
export type JobTemplate = z.output<typeof Template>;

/** INVALID_PARAMETER_VALUE, which names `source`, for what is no Job. */
export function readTemplate(yaml: string, source: string): JobTemplate {
  const read = Template.safeParse(parsed(yaml));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const at = issue?.path.join(".");
  throw invalid(`${source} must hold a Job of Kubernetes in YAML: ${at ? `'${at}': ` : ""}${issue?.message}.`);
}

function parsed(yaml: string): unknown {
  try {
    return parse(yaml);
  } catch {
    return undefined;
  }
}

export const imageOf = (template: JobTemplate): string | undefined => template.spec.template.spec.containers[0].image;

/** What is sent to the cluster. */
export interface JobPlan {
  name: string;
  namespace: string;
  job: unknown;
  /** What no one may read who may look at Jobs: they are kept in a Secret of the Job's name. */
  secrets: Readonly<Record<string, string>>;
}

export interface JobAsk {
  template: JobTemplate;
  image: string;
  program: Step;
  /** Of the template's context, where the template itself has none. */
  namespace: string;
  now: Date;
}

/** The user's Job with MLflow's substitutions: its name, and of its first container the name, the image, the command, variables. */
export function planJob(task: Task, { template, image, program, namespace, now }: JobAsk): JobPlan {
  const { spec, metadata } = template;
  const [container, ...others] = spec.template.spec.containers;
  const project = safeName(task.project.name, "project", 63 - 27);
  const name = `${project}-${stamp(now)}`;
  const { plain, secrets } = variablesOf(task, program);
  const env = [
    ...(container.env ?? []).filter((one) => plain[one.name] === undefined && secrets[one.name] === undefined),
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    ...Object.keys(secrets).map((key) => ({ name: key, valueFrom: { secretKeyRef: { name, key } } })),
  ];
  const own = { ...container, name: project, image, command: program.argv, env };
  const podSpec = { ...spec.template.spec, containers: [own, ...others] };
  const job = {
    apiVersion: "batch/v1",
    ...template,
    metadata: { ...metadata, name, labels: { ...metadata?.labels, "weir/run-id": task.run_id } },
    spec: { ...spec, template: { ...spec.template, spec: podSpec } },
  };
  return { name, namespace: metadata?.namespace ?? namespace, job, secrets };
}

/** `2026-01-31-12-30-00-123456`: MLflow's form, in UTC; the last three digits are by chance. */
const stamp = (now: Date): string =>
  `${now.toISOString().replace(/[T:.]/g, "-").replace("Z", "")}${
    String(Math.floor(Math.random() * 1000)).padStart(3, "0")
  }`;

/** These say nothing that a token does. */
const known = ["MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"];

function variablesOf(
  task: Task,
  { variables }: Step,
): { plain: Record<string, string>; secrets: Record<string, string> } {
  const { KUBE_MLFLOW_TRACKING_URI: uri } = task.environment;
  const all = { ...containerVariables(task), ...(uri && { MLFLOW_TRACKING_URI: uri }) };
  const isPlain = ([name, value]: [string, string]) => known.includes(name) && !/\/\/[^/]*@/.test(value);
  const entries = Object.entries(all);
  return {
    plain: { ...Object.fromEntries(entries.filter(isPlain)), ...variables },
    secrets: Object.fromEntries(entries.filter((one) => !isPlain(one) && variables[one[0]] === undefined)),
  };
}

/** A Secret that goes with its Job. */
export const secretOf = ({ name, secrets }: JobPlan, uid: string): unknown => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid }] },
  type: "Opaque",
  stringData: secrets,
});
