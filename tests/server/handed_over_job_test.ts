import { deepEqual, equal } from "node:assert/strict";
import type { Job } from "../../domain/jobs.ts";
import type { Ending, Execution } from "../../runners/backends/backend.ts";
import { type Execute, executeJob, type Interruption } from "../../runners/jobs/execution.ts";
import type { WorkerServer } from "../../runners/jobs/server.ts";
import { follow } from "../../runners/projects/launch.ts";

const unused = () => Promise.reject(new Error("It was not to be called."));

/** What a worker tells the server of a job that runs elsewhere and that is interrupted so. */
async function interrupted(why: Interruption | undefined, reference: Execution["reference"]) {
  const told: unknown[] = [];
  const sizes = { cancelling: false, stdout_size: 0, stderr_size: 0 };
  const server: WorkerServer = {
    ...{ url: "http://localhost", register: unused, claim: unused, heartbeat: unused, leave: unused, log: unused },
    ...{ claimLook: unused, answerLook: unused },
    progress: (_, note) => {
      told.push(note);
      return Promise.resolve(sizes);
    },
    end: (_, { status }) => {
      told.push(status);
      return Promise.resolve();
    },
  };
  const interrupt = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
  const execution: Execution = {
    reference,
    watch: () => {
      if (why === undefined) end({ status: "FINISHED" });
      else interrupt.abort(why);
      return ended;
    },
    cancel: () => {
      told.push("cancelled");
      end({ status: "KILLED" });
      return Promise.resolve();
    },
  };
  const execute: Execute = (_, report, signal) => follow(execution, report, signal);
  const folder = await Deno.makeTempDir({ prefix: "weir-jobs-" });
  const job = { job_id: "j", run_id: "r", experiment_id: "0" } as Job;
  const around = { server, execute, folder, environment: {}, log: (message: string) => void told.push(message) };
  await executeJob(around, { job, claim: { job_id: "j", worker_id: "w", fence: 1 }, token: "" }, interrupt);
  equal((await Array.fromAsync(Deno.readDir(folder))).length, 0);
  await Deno.remove(folder);
  return told;
}

const reference = { job: "far-away" };

Deno.test("a worker that is stopped leaves alone what goes on elsewhere, and tells what finds it", async () => {
  deepEqual(await interrupted("stopped", reference), [{}, { reference }]);
});

Deno.test("what only the worker can watch ends with it", async () => {
  deepEqual(await interrupted("stopped", undefined), [{}, "cancelled", "FAILED"]);
});

Deno.test("cancelling ends what goes on elsewhere", async () => {
  deepEqual(await interrupted("cancelled", reference), [{}, { reference }, "cancelled", "KILLED"]);
});

Deno.test("what goes on elsewhere ends as it says", async () => {
  deepEqual(await interrupted(undefined, reference), [{}, { reference }, "FINISHED"]);
});
