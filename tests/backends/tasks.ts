/** Tasks for the tests of the backends, and what hears what they report. */
import type { Report, Task } from "../../runners/backends/backend.ts";
import type { DockerEnvironment } from "../../domain/projects/project.ts";
import { emptyProject } from "../../domain/projects/mlproject.ts";

export const run_id = "0123456789abcdef0123456789abcdef";

/** A task whose programs are these, with what else the test says. */
export function taskOf(
  programs: readonly (readonly [string, ...string[]])[],
  more: Partial<Task> & { docker_env?: Partial<DockerEnvironment>; name?: string } = {},
): Task {
  const { docker_env, name, ...rest } = more;
  const environment = {
    kind: "docker_env" as const,
    image: "python:3.12",
    volumes: [],
    environment: [],
    ...docker_env,
  };
  return {
    run_id,
    experiment_id: "7",
    project: { ...emptyProject, name, ...(docker_env && { environment }) },
    entry_point: "main",
    parameters: [],
    steps: programs.map((argv) => ({ argv, variables: {} })),
    folder: Deno.cwd(),
    variables: {
      MLFLOW_RUN_ID: run_id,
      MLFLOW_TRACKING_URI: "http://weir.example:5000",
      MLFLOW_EXPERIMENT_ID: "7",
      MLFLOW_TRACKING_TOKEN: "token-of-the-run",
    },
    environment: { PATH: Deno.env.get("PATH") ?? "", HOME: "/nonexistent" },
    config: {},
    docker_args: [],
    build_image: false,
    ...rest,
  };
}

export interface Heard extends Report {
  said: string[];
  tags: Record<string, string>;
  /** What was printed so far. */
  printed: (stream?: "stdout" | "stderr") => string;
  /** Resolves once this was printed. */
  prints: (text: string) => Promise<void>;
  /** Resolves once a line was said that holds this. */
  says: (text: string) => Promise<void>;
}

export function hear(): Heard {
  const said: string[] = [];
  const tags: Record<string, string> = {};
  const text = { stdout: "", stderr: "" };
  const waiting: { met: () => boolean; resolve: () => void }[] = [];
  const look = () => waiting.filter(({ met }) => met()).forEach(({ resolve }) => resolve());
  const until = (met: () => boolean) =>
    new Promise<void>((resolve) => {
      waiting.push({ met, resolve });
      look();
    });
  const printed = (stream?: "stdout" | "stderr") => stream ? text[stream] : text.stdout + text.stderr;
  return {
    said,
    tags,
    printed,
    prints: (part) => until(() => printed().includes(part)),
    says: (part) => until(() => said.some((line) => line.includes(part))),
    say: (line) => {
      said.push(line);
      look();
    },
    write: (stream, bytes) => {
      text[stream] += new TextDecoder().decode(bytes);
      look();
      return Promise.resolve();
    },
    tag: (more) => {
      Object.assign(tags, more);
      return Promise.resolve();
    },
  };
}
