import { longestClaim } from "../../domain/jobs.ts";
import { longestLook, lookOf, type ProjectLook } from "../../domain/projects/look.ts";
import { fetchProject } from "../projects/fetch.ts";
import { isPassing, Refusal, type WorkerServer } from "./server.ts";

export interface LookTerms {
  server: WorkerServer;
  worker_id: string;
  /** Where relative paths begin. */
  folder: string;
  /** Of workers. */
  token: string;
  /** What programs that fetch projects find in their environment. */
  environment: Readonly<Record<string, string>>;
}

/** Milliseconds between two tries to reach the server. */
const pause = 1000;

/** Looks at the projects that people ask about, one after the other, beside whatever jobs there are, until `stop`. */
export async function lookAtProjects(terms: LookTerms, stop: AbortSignal): Promise<void> {
  const { server, worker_id } = terms;
  while (!stop.aborted) {
    try {
      const look = await server.claimLook({ worker_id, wait_ms: longestClaim }, stop);
      if (look === undefined) continue;
      const answer = await found(terms, look, stop);
      if (!stop.aborted) await server.answerLook({ worker_id, look_id: look.look_id, ...answer });
    } catch (error) {
      if (stop.aborted) return;
      // A server of an older version knows no looks, and one that has forgotten this worker says so to its claim of jobs.
      if (error instanceof Refusal && !isPassing(error) && error.status !== 409) return;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}

async function found(
  { server, token, folder, environment }: LookTerms,
  { uri, version }: { uri: string; version: string },
  stop: AbortSignal,
): Promise<{ found: ProjectLook } | { reason: string }> {
  const overtime = AbortSignal.timeout(longestLook);
  try {
    await using fetched = await fetchProject({
      uri,
      cwd: folder,
      tracking: { url: server.url, token },
      env: environment,
      signal: AbortSignal.any([stop, overtime]),
      say: () => {},
      ...(version !== "" && { version }),
    });
    const files: string[] = [];
    for await (const { name, isFile } of Deno.readDir(fetched.folder)) if (isFile) files.push(name);
    return { found: lookOf(fetched.project, files, fetched.commit) };
  } catch (error) {
    if (overtime.aborted) return { reason: `It was not there after ${longestLook / 1000} s.` };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
