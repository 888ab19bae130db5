import type { Parameter, Project } from "./project.ts";

/** What a project says of itself, for people who want to run it. */
export interface ProjectLook {
  name?: string;
  /** The commit that was looked at, of a git repository. */
  commit?: string;
  environment: Project["environment"]["kind"];
  entry_points: EntryPointLook[];
  /** Files that can be run as entry points, too. */
  scripts: string[];
}

export interface EntryPointLook {
  name: string;
  command: string;
  parameters: ParameterLook[];
}

export interface ParameterLook {
  key: string;
  type: string;
  /** Absent: a value must be given. */
  default?: string;
}

/** Scripts that are told at most. */
const mostScripts = 100;

export function lookOf(project: Project, files: readonly string[], commit: string | undefined): ProjectLook {
  const { name, environment, entry_points } = project;
  return {
    ...(name !== undefined && { name }),
    ...(commit !== undefined && { commit }),
    environment: environment.kind,
    entry_points: [...entry_points.values()].map(({ name, command, parameters }) => ({
      name,
      command,
      parameters: [...parameters].map(([key, parameter]) => parameterLook(key, parameter)),
    })),
    scripts: files.filter((file) => /\.(py|sh|R)$/.test(file)).sort().slice(0, mostScripts),
  };
}

const parameterLook = (key: string, { type, default: value }: Parameter): ParameterLook => ({
  key,
  type,
  ...(value !== undefined && { default: value }),
});

/** A look that was asked for. */
export interface AskedLook {
  look_id: string;
  uri: string;
  /** Empty: the newest. */
  version: string;
  /** Milliseconds since the epoch. */
  created_time: number;
  found?: ProjectLook;
  /** Why nothing was found. */
  reason?: string;
}

/** Milliseconds that a look is taken again for the same project. */
export const freshLook = 10 * 60 * 1000;
/** Milliseconds that one look may take. */
export const longestLook = 2 * 60 * 1000;
/** Milliseconds after which somebody who waits for a worker is told that none came. */
export const longestWait = 60 * 1000;
