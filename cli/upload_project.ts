// deno-lint-ignore-file no-console -- it talks to people
import { basename, join } from "node:path";
import { ApiError } from "../domain/errors.ts";
import { isPart, packedProject, type ProjectFile, unpackProject } from "../domain/projects/packed.ts";
import { askProgram, findProgram } from "../runners/projects/process.ts";
import { ask, Refused } from "./server.ts";

/** Sends a folder or a zip file of this machine to the server. Answers the address by which workers fetch it. */
export async function uploadProject(server: string, path: string): Promise<string> {
  const { uri, path: at, zip } = await packed(path);
  const token = Deno.env.get("WEIR_WORKER_TOKEN");
  await ask(server, `/api/2.0/mlflow-artifacts/artifacts/${at}`, {
    method: "PUT",
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: zip,
  });
  console.error(`weir: Uploaded ${path}, ${zip.length} bytes`);
  return uri;
}

async function packed(path: string) {
  const isFile = await Deno.stat(path).then((found) => found.isFile, () => {
    throw new Refused(`There is no folder ${path} here. With --on-worker it may be one of the worker's machine.`);
  });
  try {
    const files = isFile ? unpackProject(await Deno.readFile(path)) : await filesOf(path);
    return await packedProject(basename(path), files);
  } catch (error) {
    throw error instanceof ApiError ? new Refused(`${path}: ${error.message}`) : error;
  }
}

/** In a git repository what it knows or would take up, else whatever may be part of a project. Links that lead nowhere are left out. */
async function filesOf(folder: string): Promise<ProjectFile[]> {
  const paths = await gitFiles(folder) ?? await Array.fromAsync(walk(folder, ""));
  const files: ProjectFile[] = [];
  for (const path of paths) {
    const found = await Deno.stat(join(folder, path)).catch(() => undefined);
    if (found?.isFile) files.push({ path, bytes: await Deno.readFile(join(folder, path)) });
  }
  return files;
}

async function gitFiles(folder: string): Promise<string[] | undefined> {
  const git = await findProgram("git", Deno.env.get("PATH"));
  if (git === undefined) return undefined;
  const argv = [git, "-C", folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard"] as const;
  const { code, out } = await askProgram({ argv, env: Deno.env.toObject() });
  const paths = out.split("\0").filter(Boolean);
  return code === 0 && paths.length > 0 ? [...new Set(paths)] : undefined;
}

async function* walk(folder: string, below: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (!isPart(path)) continue;
    if (isDirectory) yield* walk(folder, path);
    else yield path;
  }
}
