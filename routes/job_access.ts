import type { Context } from "hono";
import { z } from "zod";
import { ownHome } from "../artifacts/stores.ts";
import { artifactUriOf, isWithinRun, sourceOfModel } from "../db/job_reach.ts";
import type { Sql } from "../db/sql.ts";
import { artifactOwner } from "../domain/artifact_owner.ts";
import { artifactFolder } from "../domain/artifact_path.ts";
import { ApiError } from "../domain/errors.ts";
import type { Access, JobPrincipal } from "../domain/permissions.ts";
import { authorize, callerOf } from "./caller.ts";
import type { Services } from "./services.ts";

/*
 * What the programs of a job may write: the run of the job, its children, and the logged models and artifacts of these. Everything is
 * refused that is not allowed here, what comes later too.
 */

/** The fields by which requests name what they write. */
const Named = z.object({
  run_id: z.string().optional(),
  model_id: z.string().optional(),
  source_run_id: z.string().optional(),
  experiment_id: z.string().optional(),
  artifact_path: z.string().optional(),
  metrics: z.array(z.object({ model_id: z.string().optional() })).optional(),
  tags: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
});

/** Throws PERMISSION_DENIED for a write of a job that goes beyond it. `path` is that of the endpoint, `input` what it was asked. */
export async function authorizeJob(
  { sql }: Pick<Services, "sql">,
  { access, path }: { access: Access; path: string },
  input: unknown,
  job: JobPrincipal,
): Promise<void> {
  const named = Named.safeParse(input);
  if (named.success && access.action === "edit" && await mayWrite(sql, access, path, named.data, job)) return;
  throw denied();
}

async function mayWrite(
  sql: Sql,
  { resource }: Access,
  path: string,
  named: z.output<typeof Named>,
  job: JobPrincipal,
): Promise<boolean> {
  const { run_id, model_id, source_run_id, experiment_id, artifact_path, metrics = [], tags = [] } = named;
  switch (resource) {
    case "run": {
      const models = [model_id, ...metrics.map((metric) => metric.model_id)];
      return Boolean(run_id || model_id) && (!run_id || await isWithinRun(sql, run_id, job.run_id)) &&
        await ownsModels(sql, models, job);
    }
    case "logged_model":
      return Boolean(model_id) && await ownsModels(sql, [model_id], job);
    case "experiment": {
      const parent = path === "runs/create"
        ? tags.findLast(({ key }) => key === "mlflow.parentRunId")?.value
        : path === "logged-models"
        ? source_run_id
        : undefined;
      return Boolean(parent) && experiment_id === job.experiment_id && await isWithinRun(sql, parent ?? "", job.run_id);
    }
    case "artifact":
      return artifact_path !== undefined && await ownsFile(sql, `${artifactFolder(artifact_path)}/file`, job);
    default:
      return false;
  }
}

async function ownsModels(sql: Sql, ids: readonly (string | undefined)[], job: JobPrincipal): Promise<boolean> {
  for (const id of new Set(ids)) {
    if (!id) continue;
    const source = await sourceOfModel(sql, id);
    if (source === undefined || !await isWithinRun(sql, source, job.run_id)) return false;
  }
  return true;
}

/** Whether a path in the server's own store lies in the folder of what is the job's. */
async function ownsFile(sql: Sql, path: string, job: JobPrincipal): Promise<boolean> {
  const owner = artifactOwner(ownHome + path);
  if (owner === undefined || owner.kind === "trace") return false;
  const owned = owner.kind === "run"
    ? await isWithinRun(sql, owner.id, job.run_id)
    : await ownsModels(sql, [owner.id], job);
  return owned && await artifactUriOf(sql, owner.kind, owner.id) === owner.folder;
}

/** As `authorize`, and lets a job write files of the server's own store that are its own. */
export async function authorizeFile(
  { sql }: Pick<Services, "sql">,
  access: Access,
  context: Context,
  path: () => string,
): Promise<void> {
  const who = callerOf(context);
  if (who.kind !== "job" || access.action === "read") return authorize(access, context);
  if (!await ownsFile(sql, path(), who)) throw denied();
}

/** As `authorize`, and lets a job write files of its run and the children of it. */
export async function authorizeRun(
  { sql }: Pick<Services, "sql">,
  access: Access,
  context: Context,
  run_id: string | undefined,
): Promise<void> {
  const who = callerOf(context);
  if (who.kind !== "job" || access.action === "read") return authorize(access, context);
  if (!run_id || !await isWithinRun(sql, run_id, who.run_id)) throw denied();
}

const denied = (): ApiError =>
  new ApiError(
    "PERMISSION_DENIED",
    "Permission denied: a job may write its own run, its children, their models and artifacts.",
  );
