import { answerLook, askLook, claimLook, getLook } from "../../db/project_looks.ts";
import { noteHeartbeat } from "../../db/workers.ts";
import { invalid } from "../../domain/errors.ts";
import { longestClaim } from "../../domain/jobs.ts";
import { truncate } from "../../domain/names.ts";
import { execute, read, work } from "../../domain/permissions.ts";
import type { AskedLook } from "../../domain/projects/look.ts";
import { withoutCredentials } from "../../domain/projects/source.ts";
import { Nothing } from "../../wire/answers.ts";
import * as wire from "../../wire/project_looks.ts";
import { type Caller, endpoint } from "../endpoint.ts";
import type { Services } from "../services.ts";

export const projectLookEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "project-looks",
    summary:
      "Has a worker read what a project can run, with which parameters; what was found lately is answered again.",
    input: wire.AskLook,
    output: wire.OneLook,
    access: execute.job,
    handle: async ({ sql, jobs }, asked) => {
      const look = await askLook(sql, asked);
      jobs.ring();
      return { look: shown(look) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "project-looks/{look_id}",
    summary: "Answers what a worker has found of a project.",
    input: wire.LookById,
    output: wire.OneLook,
    access: read.job,
    handle: async ({ sql }, { look_id }) => ({ look: shown(await getLook(sql, look_id)) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/{worker_id}/looks",
    summary: "Answers a project that the worker is to look at, and waits for one where there is none.",
    input: wire.ClaimLook,
    output: wire.ClaimedLook,
    access: work.job,
    handle: claim,
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "workers/{worker_id}/looks/{look_id}",
    summary: "Says what the worker found of a project, or why nothing.",
    input: wire.AnswerLook,
    output: Nothing,
    access: work.job,
    handle: async ({ sql }, { worker_id, look_id, found, reason }) => {
      if ((found === undefined) === (reason === undefined)) throw invalid("Say either what was found, or why nothing.");
      await answerLook(sql, { worker_id, look_id }, { found, reason: reason && truncate(reason, 5000) });
    },
  }),
];

const shown = (look: AskedLook): AskedLook => ({ ...look, uri: withoutCredentials(look.uri) });

async function claim(
  { sql, jobs, closing }: Services,
  { worker_id, wait_ms }: { worker_id: string; wait_ms: number },
  { gone }: Caller,
) {
  const over = AbortSignal.any([closing, gone()]);
  await noteHeartbeat(sql, worker_id);
  const end = Date.now() + Math.min(wait_ms, longestClaim);
  while (!over.aborted) {
    // Before the look for one: what is asked during it rings for this wait.
    const left = end - Date.now();
    const rung = left > 0 ? jobs.wait(left, over) : undefined;
    const look = await claimLook(sql, worker_id);
    if (look) return { look };
    if (rung === undefined) return {};
    await rung;
  }
  return {};
}
