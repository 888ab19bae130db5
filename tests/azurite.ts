/** Azurite, Microsoft's emulator of Azure Blob, of npm. */
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { freePort } from "./tools.ts";

const version = "3.37.0";
const program = ["run", "--no-config", "--no-lock", "--quiet", "-A", `npm:azurite@${version}/azurite-blob`];

export const azuriteIsMissing = `azurite ${version}, an emulator of Azure Blob, cannot be loaded from npm.`;

/** Its name when it can be run, loaded from npm where it is not there yet; undefined when it cannot. */
export function azurite(): Promise<string | undefined> {
  return found ??= new Deno.Command(Deno.execPath(), {
    args: [...program, "--version"],
    stdout: "null",
    stderr: "null",
  })
    .output().then(({ success }) => success ? `azurite ${version}` : undefined);
}
let found: Promise<string | undefined> | undefined;

export interface AzureServer extends AsyncDisposable {
  connectionString: string;
  account: string;
  key: string;
  /** Of blobs, without a slash at the end. */
  endpoint: string;
  /** An empty container. */
  container: string;
  /** Of the container, as experiments name it. */
  root: string;
  client: ContainerClient;
}

/** Starts azurite with an empty container, on a free port of the loopback address. */
export async function startAzurite(): Promise<AzureServer> {
  if (await azurite() === undefined) throw new Error(azuriteIsMissing);
  const folder = await Deno.makeTempDir({ prefix: "weir-azure-" });
  const [account, key] = ["weir", btoa(crypto.randomUUID())];
  const port = freePort();
  const at = ["--blobHost", "127.0.0.1", "--blobPort", `${port}`, "--location", folder];
  const server = new Deno.Command(Deno.execPath(), {
    args: [...program, ...at, "--skipApiVersionCheck", "--disableTelemetry", "--silent"],
    cwd: folder,
    env: { AZURITE_ACCOUNTS: `${account}:${key}` },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = server.status.then(() => ended = true);
  const stop = async () => {
    if (!ended) server.kill("SIGKILL");
    await status;
    await Deno.remove(folder, { recursive: true });
  };
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  const container = "artifacts";
  try {
    await listens(port, () => ended);
    const client = new ContainerClient(`${endpoint}/${container}`, new StorageSharedKeyCredential(account, key));
    await client.create();
    return {
      connectionString: `AccountName=${account};AccountKey=${key};BlobEndpoint=${endpoint};`,
      account,
      key,
      endpoint,
      container,
      root: `wasbs://${container}@${account}.blob.core.windows.net`,
      client,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until somebody listens on a port, for as long as the server has not ended, and half a minute at most. */
async function listens(port: number, ended: () => boolean, tries = 600): Promise<void> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  } catch (error) {
    if (ended() || tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await listens(port, ended, tries - 1);
  }
}
