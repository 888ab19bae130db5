import { unzipSync } from "fflate";
import { dirname, join } from "node:path";
import { invalid } from "../../domain/errors.ts";
import { uploadOf } from "../../domain/projects/packed.ts";
import { withoutCredentials } from "../../domain/projects/source.ts";

/** Bytes of a zipped project, and of all that is in it: it is code, not data. */
const mostBytes = 512 * 1024 * 1024;

/** A zip file of the server's own store. An uploaded project must be what its name says. */
export async function fetchUpload(
  { url, token }: { url: string; token?: string | undefined },
  uri: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const path = uri.replace(/^mlflow-artifacts:\/*/i, "").split("/").map(encodeURIComponent).join("/");
  const at = `${url.replace(/\/+$/, "")}/api/2.0/mlflow-artifacts/artifacts/${path}`;
  const bytes = await fetchZip(at, signal, token === undefined ? {} : { authorization: `Bearer ${token}` });
  const upload = uploadOf(uri);
  if (!upload) return bytes;
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toHex();
  if (sha256 === upload.sha256) return bytes;
  throw invalid(`The uploaded project ${upload.name} is not what was uploaded: its SHA-256 is another one.`);
}

export async function fetchZip(
  url: string,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const shown = withoutCredentials(url);
  const response = await fetch(url, { headers, ...(signal && { signal }) }).catch((error) => {
    throw invalid(`Unable to retrieve ZIP file ${shown}: ${error.message}`);
  });
  if (!response.ok) throw invalid(`Unable to retrieve ZIP file ${shown}: ${response.status} ${response.statusText}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of response.body ?? []) {
    size += bytes.length;
    if (size > mostBytes) throw invalid(`${shown} is larger than ${mostBytes} bytes.`);
    parts.push(bytes);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

/** Writes the files of a zip below a folder, regular files only. INVALID_PARAMETER_VALUE for names that lead out of it, before any is written. */
export async function unzip(bytes: Uint8Array, folder: string): Promise<void> {
  let total = 0;
  const files = Object.entries(read(bytes, (size) => {
    total += size;
    if (total > mostBytes) throw invalid(`The ZIP file holds more than ${mostBytes} bytes.`);
  }));
  for (const [name] of files) {
    const parts = name.split("/");
    if (name.startsWith("/") || /[\\\0]|^[a-z]:/i.test(name) || parts.includes("..")) {
      throw invalid(`Zip file member ${name} attempts path traversal`);
    }
  }
  for (const [name, content] of files) {
    if (name.endsWith("/")) continue;
    await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
    await Deno.writeFile(join(folder, name), content, { createNew: true });
  }
}

function read(bytes: Uint8Array, count: (size: number) => void): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        count(originalSize);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Error && error.name === "ApiError") throw error;
    throw invalid(`The project is no readable ZIP file: ${error instanceof Error ? error.message : error}`);
  }
}
