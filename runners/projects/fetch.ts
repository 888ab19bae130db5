import { isAbsolute, join, resolve } from "node:path";
import { invalid } from "../../domain/errors.ts";
import { emptyProject, readProject } from "../../domain/projects/mlproject.ts";
import type { Project } from "../../domain/projects/project.ts";
import { shownSource } from "../../domain/projects/packed.ts";
import { parseSource, type ProjectSource, withoutCredentials } from "../../domain/projects/source.ts";
import { factsOf, fetchRepository, type Git, type GitFacts, openGit, placeInRepository } from "./git.ts";
import { fetchUpload, fetchZip, unzip } from "./zip.ts";

/** A project whose files are on this machine. Disposing of it removes what was fetched for it. */
export interface FetchedProject extends GitFacts, AsyncDisposable {
  project: Project;
  /** Absolute. */
  folder: string;
  /** For `mlflow.source.name`: the repository's URL with `#folder`, or the path. Without credentials. */
  source_name: string;
}

/** The server, as programs of a run reach it. */
export interface Tracking {
  url: string;
  token?: string | undefined;
}

export interface FetchAsk {
  uri: string;
  /** A branch, tag or commit, of git repositories alone. */
  version?: string | undefined;
  /** Where relative paths begin. */
  cwd: string;
  /** Where zip files of the server's own store are downloaded from. */
  tracking: Tracking;
  env: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  say: (line: string) => void;
}

/** Fetches a project and reads its `MLproject` file. INVALID_PARAMETER_VALUE for what cannot be fetched, or is no project. */
export async function fetchProject(ask: FetchAsk): Promise<FetchedProject> {
  const source = parseSource(ask.uri);
  await using stack = new AsyncDisposableStack();
  const { root, ...facts } = await bring(ask, source, stack);
  const folder = join(root, source.subdirectory);
  if (!(await isFolder(folder))) {
    throw invalid(`Could not find subdirectory ${source.subdirectory} of ${withoutCredentials(source.location)}`);
  }
  const project = await projectIn(folder);
  const kept = stack.move();
  return { ...facts, project, folder, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

type Brought = GitFacts & { root: string; source_name: string };

async function bring(ask: FetchAsk, source: ProjectSource, stack: AsyncDisposableStack): Promise<Brought> {
  if (source.kind === "folder") return await bringFolder(ask, source, stack);
  const root = await temporaryFolder(stack);
  const shown = shownSource(ask.uri);
  ask.say(`Fetching ${shown}`);
  if (source.kind === "git") return { root, source_name: shown, ...await clone(ask, source.location, root) };
  if (ask.version !== undefined) throw onlyGit();
  const bytes = await zipOf(ask, source.location);
  await unzip(bytes, root);
  return { root, source_name: shown };
}

async function zipOf(ask: FetchAsk, location: string): Promise<Uint8Array> {
  if (/^mlflow-artifacts:/i.test(location)) return await fetchUpload(ask.tracking, location, ask.signal);
  if (/^https?:/i.test(location)) return await fetchZip(location, ask.signal);
  return await readFile(absolute(ask, location));
}

/** A folder is used where it is; a version of it is taken out of its repository. */
async function bringFolder(ask: FetchAsk, source: ProjectSource, stack: AsyncDisposableStack): Promise<Brought> {
  const path = absolute(ask, source.location);
  if (!(await isFolder(path))) {
    throw invalid(`There is no folder ${path}. A project is a folder, a .zip file or the URL of a git repository.`);
  }
  const git = await openGit(path, ask.env, ask.signal);
  const facts = git ? await factsOf(git) : {};
  if (ask.version !== undefined) {
    if (facts.commit === undefined) throw onlyGit();
    const root = await temporaryFolder(stack);
    const taken = await clone(ask, path, root);
    return { root, source_name: await sourceName(git, path, facts), ...facts, ...taken };
  }
  return { root: path, source_name: await sourceName(git, path, facts), ...facts };
}

async function sourceName(git: Git | undefined, path: string, { repo_url }: GitFacts): Promise<string> {
  if (git === undefined || repo_url === undefined) return path;
  const place = await placeInRepository(git);
  return place === "" ? repo_url : `${repo_url}#${place}`;
}

async function clone(ask: FetchAsk, url: string, root: string): Promise<GitFacts> {
  const git = await openGit(root, ask.env, ask.signal);
  if (!git) throw invalid(`git is not installed here, and ${withoutCredentials(url)} is a git repository.`);
  return await fetchRepository(git, url, ask.version);
}

const onlyGit = (): Error => invalid("Setting a version is only supported for Git project URIs");

const absolute = ({ cwd }: FetchAsk, path: string): string => isAbsolute(path) ? path : resolve(cwd, path);

/** Only this user's own: what is fetched may be secret. */
async function temporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "weir-project-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }).catch(() => {}));
  return folder;
}

async function projectIn(folder: string): Promise<Project> {
  const files = (await Array.fromAsync(Deno.readDir(folder))).filter((entry) => !entry.isDirectory).map(({ name }) =>
    name
  );
  const file = files.find((name) => name === "MLproject") ?? files.find((name) => name.toLowerCase() === "mlproject");
  const project = file === undefined ? emptyProject : readProject(await Deno.readTextFile(join(folder, file)), file);
  const { environment } = project;
  if (environment.kind === "none") {
    if (files.includes("python_env.yaml")) {
      return { ...project, environment: { kind: "python_env", file: "python_env.yaml" } };
    }
    if (files.includes("conda.yaml")) return { ...project, environment: { kind: "conda_env", file: "conda.yaml" } };
  } else if (environment.kind !== "docker_env" && !(await exists(inside(folder, environment.file)))) {
    throw invalid(
      `${file}: '${environment.kind}' names ${environment.file}, but there is no such file in the project.`,
    );
  }
  return project;
}

/** A file that a project names, which must lie in the project. */
export function inside(folder: string, file: string): string {
  const path = resolve(folder, file);
  if (path !== folder && path.startsWith(`${folder}/`)) return path;
  throw invalid(`${file} lies outside of the project.`);
}

const isFolder = (path: string): Promise<boolean> =>
  Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch {
    throw invalid(`There is no file ${path} that can be read.`);
  }
}
