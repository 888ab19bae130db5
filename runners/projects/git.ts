import { invalid } from "../../domain/errors.ts";
import { checkVersion, withoutCredentials } from "../../domain/projects/source.ts";
import { askProgram, type Exit, findProgram } from "./process.ts";

/** What a project's git repository says of itself. */
export interface GitFacts {
  commit?: string;
  /** Without credentials. */
  repo_url?: string;
  /** Set where a version was asked for that is a branch. */
  branch?: string;
}

/** Git in one folder, with the environment of whoever asks for credentials and proxies. */
export interface Git {
  (...args: string[]): Promise<Exit & { out: string; err: string }>;
}

/** Undefined where git is not installed. */
export async function openGit(
  folder: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Git | undefined> {
  const git = await findProgram("git", env.PATH);
  if (git === undefined) return undefined;
  const whole = { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ALLOW_PROTOCOL: "https:http:ssh:git:file", LC_ALL: "C" };
  return (...args) => askProgram({ argv: [git, "-C", folder, ...args], env: whole }, signal);
}

/**
 * Fetches a repository, as little of it as does, into an empty folder: at the version, else where its HEAD is. INVALID_PARAMETER_VALUE
 * with git's own words where that cannot be.
 */
export async function fetchRepository(git: Git, url: string, asked: string | undefined): Promise<GitFacts> {
  const version = asked === undefined ? undefined : checkVersion(asked);
  await must(git("init", "--quiet"), url);
  await must(git("remote", "add", "--", "origin", url), url);
  const branch = version !== undefined && await isBranch(git, version, url);
  const shallow = await git("fetch", "--quiet", "--depth", "1", "origin", version ?? "HEAD");
  if (shallow.code === 0) await must(git("checkout", "--quiet", "--detach", "FETCH_HEAD"), url);
  else await fetchAll(git, url, version, shallow.err);
  await must(git("submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1"), url);
  return { ...await factsOf(git), ...(branch && { branch: version }) };
}

async function isBranch(git: Git, version: string, url: string): Promise<boolean> {
  const { out } = await must(git("ls-remote", "--heads", "origin", `refs/heads/${version}`), url);
  return out !== "";
}

/** Servers need not give single commits: then all are fetched. */
async function fetchAll(git: Git, url: string, version: string | undefined, reason: string): Promise<void> {
  if (version === undefined) throw refused(url, reason);
  await must(git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"), url);
  const found = await git("rev-parse", "--verify", "--quiet", `${version}^{commit}`);
  if (found.code !== 0) throw invalid(`The git repository ${withoutCredentials(url)} has no version '${version}'.`);
  await must(git("checkout", "--quiet", "--detach", found.out), url);
}

async function must<T extends { code: number; err: string }>(asking: Promise<T>, url: string): Promise<T> {
  const answer = await asking;
  if (answer.code !== 0) throw refused(url, answer.err);
  return answer;
}

const refused = (url: string, reason: string): Error =>
  invalid(
    `The git repository ${withoutCredentials(url)} cannot be fetched: ${
      reason.replaceAll(url, withoutCredentials(url))
    }`,
  );

/** Of the repository that a folder lies in; empty where it lies in none, or git ignores it there. */
export async function factsOf(git: Git): Promise<GitFacts> {
  const head = await git("rev-parse", "HEAD");
  if (head.code !== 0 || (await git("check-ignore", "--quiet", ".")).code === 0) return {};
  const remotes = await git("remote");
  const [remote] = remotes.out.split("\n");
  const url = remote ? await git("remote", "get-url", remote) : undefined;
  return { commit: head.out, ...(url?.code === 0 && { repo_url: withoutCredentials(url.out) }) };
}

/** Where a folder lies in its repository: "" at its top. */
export async function placeInRepository(git: Git): Promise<string> {
  return (await git("rev-parse", "--show-prefix")).out.replace(/\/$/, "");
}
