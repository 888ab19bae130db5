import { invalid } from "../../domain/errors.ts";
import type { Step } from "../../domain/projects/command.ts";
import { findProgram, runProcess } from "../projects/process.ts";
import type { Backend, Ending, Report, Task } from "./backend.ts";

/** This machine: the programs of the entry point, one after the other, in the project's folder. */
export const localBackend: Backend = {
  name: "local",
  submit: async (task) => {
    // Before anything runs: a missing program is an error of the project.
    for (const step of task.steps) await programOf(step, task);
    const cancelling = new AbortController();
    return {
      reference: undefined,
      watch: (report) => runSteps(task, report, cancelling.signal),
      cancel: () => Promise.resolve(cancelling.abort()),
    };
  },
};

async function runSteps(task: Task, { write }: Report, signal: AbortSignal): Promise<Ending> {
  for (const step of task.steps) {
    const argv = [await programOf(step, task), ...step.argv.slice(1)] as const;
    const env = { ...task.environment, ...task.variables, ...step.variables };
    const { code, signal: killed } = await runProcess({ argv, cwd: task.folder, env }, write, signal);
    if (signal.aborted) return { status: "KILLED", exit_code: code, reason: "It was cancelled." };
    if (code !== 0) {
      const how = killed === undefined ? `ended with exit code ${code}` : `was ended by ${killed}`;
      return { status: "FAILED", exit_code: code, reason: `${step.argv[0]} ${how}.` };
    }
  }
  return { status: "FINISHED", exit_code: 0 };
}

async function programOf({ argv: [name], variables }: Step, task: Task): Promise<string> {
  const path = variables.PATH ?? task.environment.PATH;
  const found = await findProgram(name, path, task.folder) ??
    (name === "python" ? await findProgram("python3", path) : undefined);
  if (found === undefined) {
    throw invalid(
      `There is no program '${name}' here, which the entry point '${task.entry_point}' starts (PATH is ${path}).`,
    );
  }
  return found;
}
