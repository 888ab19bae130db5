import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import { isUri } from "../../domain/projects/parameters.ts";
import type { EntryPoint, Values } from "../../domain/projects/project.ts";

export interface PathsAsk {
  cwd: string;
  storage_dir: string | undefined;
  tracking_uri: string;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Removes what was fetched, unless it went into `storage_dir`. */
  stack: AsyncDisposableStack;
}

/**
 * The values for programs on this machine: those of type `path` become absolute paths, what a URI names is downloaded first. Source:
 * MLflow's parameter type "path". INVALID_PARAMETER_VALUE for a path that is not there, and a URI that cannot be had.
 */
export async function localPaths({ parameters }: EntryPoint, values: Values, ask: PathsAsk): Promise<Values> {
  const paths: [string, string][] = [];
  let storage: string | undefined;
  for (const [position, [name, value]] of values.entries()) {
    if (parameters.get(name)?.type !== "path") paths.push([name, value]);
    else if (!isUri(value) || /^file:/i.test(value)) paths.push([name, await existing(name, value, ask.cwd)]);
    else {
      storage ??= await storageFolder(ask);
      const folder = join(storage, `param_${position}`);
      await Deno.mkdir(folder);
      ask.say(`Downloading ${value}`);
      paths.push([name, await download(name, value, folder, ask)]);
    }
  }
  return paths;
}

async function existing(name: string, value: string, cwd: string): Promise<string> {
  const path = resolve(cwd, /^file:/i.test(value) ? decodeURIComponent(new URL(value).pathname) : value);
  if (await Deno.stat(path).then(() => true, () => false)) return path;
  throw invalid(`Got value ${value} for parameter ${name}, but no such file or directory was found.`);
}

async function storageFolder({ storage_dir, cwd, stack }: PathsAsk): Promise<string> {
  if (storage_dir !== undefined) {
    await Deno.mkdir(resolve(cwd, storage_dir), { recursive: true });
    return await Deno.makeTempDir({ dir: resolve(cwd, storage_dir) });
  }
  const folder = await Deno.makeTempDir({ prefix: "weir-parameters-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }).catch(() => {}));
  return folder;
}

async function download(name: string, uri: string, folder: string, ask: PathsAsk): Promise<string> {
  if (/^https?:/i.test(uri)) {
    const target = join(folder, basename(new URL(uri).pathname) || "download");
    await save(uri, target, name, ask.signal);
    return target;
  }
  const [, run_id, path] = /^runs:\/+(\w+)\/(.+)$/.exec(uri) ?? [];
  if (run_id === undefined || path === undefined) {
    throw invalid(
      `Got value ${uri} for parameter ${name}: a path is a file or folder here, or a URI that begins with http:, https: or runs:/<run id>/.`,
    );
  }
  await downloadArtifact(name, { run_id, path: path.replace(/\/$/, "") }, folder, ask);
  return join(folder, path.replace(/\/$/, ""));
}

const Listing = z.object({
  files: z.array(z.object({ path: z.string(), is_dir: z.boolean().default(false) })).default([]),
});

/** A file of a run, or a folder with all that is below it, under its own path. */
async function downloadArtifact(
  name: string,
  { run_id, path }: { run_id: string; path: string },
  folder: string,
  ask: PathsAsk,
): Promise<void> {
  const server = ask.tracking_uri.replace(/\/+$/, "");
  const list = `${server}/api/2.0/mlflow/artifacts/list?${new URLSearchParams({ run_id, path })}`;
  const response = await fetch(list, { signal: ask.signal });
  const { files } = Listing.parse(response.ok ? await response.json() : {});
  if (files.length === 0) {
    await save(
      `${server}/get-artifact?${new URLSearchParams({ run_uuid: run_id, path })}`,
      join(folder, path),
      name,
      ask.signal,
    );
  }
  for (const file of files) {
    if (file.path.split("/").includes("..")) throw invalid(`The run ${run_id} has a file ${file.path}.`);
    if (file.is_dir) await downloadArtifact(name, { run_id, path: file.path }, folder, ask);
    else {
      const query = new URLSearchParams({ run_uuid: run_id, path: file.path });
      await save(`${server}/get-artifact?${query}`, join(folder, file.path), name, ask.signal);
    }
  }
}

async function save(url: string, target: string, name: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) {
    throw invalid(`Parameter ${name}: ${url} answers ${response.status} ${response.statusText}.`);
  }
  await Deno.mkdir(dirname(target), { recursive: true });
  using file = await Deno.open(target, { write: true, createNew: true });
  for await (const bytes of response.body) {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  }
}
