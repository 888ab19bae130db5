/** What may be done, from least to most. */
export type Action = "read" | "edit" | "delete" | "create" | "work" | "execute";
export type Resource =
  | "experiment"
  | "run"
  | "logged_model"
  | "registered_model"
  | "model_version"
  | "artifact"
  | "trace"
  | "job"
  | "server";

/** What a request wants to do. Every endpoint and page carries one: there is no way to declare one without. */
export interface Access {
  readonly action: Action;
  readonly resource: Resource;
}

/** The programs of a job, which may read everything and write what is their run's. */
export interface JobPrincipal {
  kind: "job";
  run_id: string;
  experiment_id: string;
}

/**
 * Who sends a request. Until there are accounts everyone is `anyone`, or a `stranger` where other machines reach the server; workers and
 * jobs bear tokens.
 */
export type Principal = { kind: "anyone" } | { kind: "stranger" } | { kind: "worker" } | JobPrincipal;
export const anyone: Principal = { kind: "anyone" };

const rules = (action: Action): Readonly<Record<Resource, Access>> => ({
  experiment: { action, resource: "experiment" },
  run: { action, resource: "run" },
  logged_model: { action, resource: "logged_model" },
  registered_model: { action, resource: "registered_model" },
  model_version: { action, resource: "model_version" },
  artifact: { action, resource: "artifact" },
  trace: { action, resource: "trace" },
  job: { action, resource: "job" },
  server: { action, resource: "server" },
});

export const read = rules("read");
export const edit = rules("edit");
export const remove = rules("delete");
export const create = rules("create");
/** What only workers do. */
export const work = rules("work");
/** What runs programs on the machines of workers. */
export const execute = rules("execute");

/**
 * Whether `who` may do this. Without accounts everyone may do everything but a worker's part, and where other machines reach the server,
 * nobody without a token has anything executed (CVE-2026-0545). What a job may write is decided by what it is about
 * (routes/job_access.ts).
 */
export function allows(who: Principal, { action }: Access): boolean {
  if (action === "work") return who.kind === "worker";
  if (action === "execute") return who.kind === "worker" || who.kind === "anyone";
  return who.kind !== "job" || action === "read";
}
