import { createHash } from "node:crypto";
import { z } from "zod";
import { isAbsent, type Workspace } from "./databricks_api.ts";
import { tarOf } from "./tar.ts";

/** The folder that the tar of a project holds. */
export const tarRoot = "mlflow-project";

/** Bytes of a block. Source: the limit of dbfs/add-block. */
const blockSize = 1_000_000;

/**
 * Brings the project's files to DBFS, as a tar that is named after what it holds: what is there is not sent again. Its path on DBFS.
 */
export async function uploadProject(
  workspace: Workspace,
  { folder, experiment_id }: { folder: string; experiment_id: string },
  say: (line: string) => void,
): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "weir-project-", suffix: ".tar.gz" });
  try {
    const packed = tarOf(folder, tarRoot, (name) => name === "mlruns").pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(file, packed);
    const path = `${folderOf(experiment_id)}/${await digest(file)}.tar.gz`;
    if (await exists(workspace, path)) return path;
    const { size } = await Deno.stat(file);
    say(`Uploading the project to dbfs:${path} (${Math.ceil(size / 1024)} KB)`);
    // Under another name until all of it is there: a part of it would be taken for the whole.
    const part = `${path}.${crypto.randomUUID()}`;
    await upload(workspace, part, (await Deno.open(file)).readable);
    await move(workspace, part, path);
    return path;
  } finally {
    await Deno.remove(file);
  }
}

/** As MLflow names it. */
export const folderOf = (experiment_id: string): string => `/mlflow-experiments/${experiment_id}/projects-code`;

async function digest(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of (await Deno.open(file)).readable) hash.update(bytes);
  return hash.digest("hex");
}

async function exists(workspace: Workspace, path: string): Promise<boolean> {
  try {
    await workspace.call("GET", "2.0/dbfs/get-status", { path });
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

export async function upload(workspace: Workspace, path: string, bytes: ReadableStream<Uint8Array>): Promise<void> {
  const created = await workspace.call("POST", "2.0/dbfs/create", { path, overwrite: true });
  const { handle } = z.object({ handle: z.number() }).parse(created);
  let rest = new Uint8Array();
  for await (const more of bytes) {
    const all = new Uint8Array(rest.length + more.length);
    all.set(rest);
    all.set(more, rest.length);
    let at = 0;
    for (; all.length - at >= blockSize; at += blockSize) {
      await send(workspace, handle, all.subarray(at, at + blockSize));
    }
    rest = all.slice(at);
  }
  if (rest.length > 0) await send(workspace, handle, rest);
  await workspace.call("POST", "2.0/dbfs/close", { handle });
}

const send = (workspace: Workspace, handle: number, block: Uint8Array) =>
  workspace.call("POST", "2.0/dbfs/add-block", { handle, data: block.toBase64() });

/** Another upload of the same may have been faster. */
async function move(workspace: Workspace, from: string, to: string): Promise<void> {
  await workspace.call("POST", "2.0/dbfs/move", { source_path: from, destination_path: to }).catch(async (error) => {
    if (!await exists(workspace, to)) throw error;
    await workspace.call("POST", "2.0/dbfs/delete", { path: from });
  });
}
