import type { Step } from "../../domain/projects/command.ts";
import type { Project, Values } from "../../domain/projects/project.ts";

/** A run of a project, ready to be executed somewhere. Its run is there already, with its params and tags. */
export interface Task {
  run_id: string;
  experiment_id: string;
  project: Project;
  /** As it was asked for. */
  entry_point: string;
  /** Declared parameters in their order, then the others. */
  parameters: Values;
  /** The programs of the entry point, each started when the one before has ended with 0. */
  steps: readonly Step[];
  /** Absolute path of the project's files on this machine. */
  folder: string;
  /** What every program of the run finds in its environment: MLFLOW_RUN_ID, MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_ID, a token. */
  variables: Readonly<Record<string, string>>;
  /** The environment of whoever started the run, for credentials and for variables that a project copies. */
  environment: Readonly<Record<string, string>>;
  /** What `--backend-config` says; each backend checks it. */
  config: Readonly<Record<string, unknown>>;
  /** What `-A` says, for Docker: an empty value is a flag. */
  docker_args: Values;
  /** Whether to build an image from the project's files on top of the project's own (`--build-image`). */
  build_image: boolean;
  /** Where the run's artifacts go, where that is known: a container is given the credentials of that store. */
  artifact_uri?: string;
}

/** How the execution of a task ended. */
export interface Ending {
  status: "FINISHED" | "FAILED" | "KILLED";
  /** Of the program, where there was one. */
  exit_code?: number;
  /** One sentence for people, where it did not end well. */
  reason?: string;
}

/** Where the backend tells what it does and what the programs print. */
export interface Report {
  /** One line of progress, such as "Building the image". */
  say: (line: string) => void;
  /** What a program of the run printed. Waits while it cannot be taken. */
  write: (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
  /** Tags for the run, such as where its page on the other system is. */
  tag: (tags: Readonly<Record<string, string>>) => Promise<void>;
  /** Hears of an execution that is under way; absent where nobody but this process could go on with it. */
  begun?: (execution: Execution) => Promise<void>;
}

/** What finds an execution on another system again, after who started it is gone. JSON. */
export type Reference = Readonly<Record<string, string | number>>;

/** An execution that is under way. */
export interface Execution {
  /** Undefined where only this process can watch it. It may grow while it is watched, such as by how much of the log was reported. */
  readonly reference: Reference | undefined;
  /** Follows it to its end, and reports its log on the way. Never rejects for how the execution ends: a lost one has FAILED, with the reason. */
  watch: (report: Report) => Promise<Ending>;
  /** Ends it and all that it started; `watch` then answers KILLED. Safe to call again. */
  cancel: () => Promise<void>;
}

/** A place where tasks are executed. */
export interface Backend {
  /** As in `--backend` and in the tag `mlflow.project.backend`. */
  name: string;
  /**
   * Throws an ApiError INVALID_PARAMETER_VALUE, which names the key, for a task or a configuration that it cannot execute. Until it has
   * answered, an aborted `signal` ends what it does (an image is built for minutes): then it rejects.
   */
  submit: (task: Task, report: Report, signal?: AbortSignal) => Promise<Execution>;
  /** Takes an execution up again that another process submitted. Absent where that cannot be. */
  resume?: (reference: Reference, task: Pick<Task, "config" | "environment">) => Promise<Execution>;
}
