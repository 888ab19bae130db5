import { BlobServiceClient, type StoragePipelineOptions, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureHost, type AzureOptions, type WasbsPlace } from "./wasbs.ts";

const options: StoragePipelineOptions = {
  retryOptions: { maxTries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 2_000 },
  userAgentOptions: { userAgentPrefix: "weir" },
};

/**
 * The connection to the account at `host`, a host that may come from the location of anybody's experiment: nothing is connected
 * to but the account that the credentials belong to. Throws an Error of one sentence that says what to set.
 */
export function connectAccount({ host }: WasbsPlace, azure: AzureOptions): BlobServiceClient {
  const named = azureHost.exec(host)?.[1];
  if (azure.connectionString) return fromConnectionString(azure.connectionString, host, named);
  if (named === undefined) {
    throw new Error(`The host ${host} is not one of Azure's for blobs: account.blob.core.windows.net.`);
  }
  if (!azure.key && !azure.sas) {
    throw new Error(
      `The storage account ${named} needs credentials: set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT=${named} with ` +
        "AZURE_STORAGE_ACCESS_KEY or AZURE_STORAGE_SAS_TOKEN.",
    );
  }
  if (azure.account === undefined) {
    throw new Error("AZURE_STORAGE_ACCOUNT must be set: the account that the key or SAS token of Azure belongs to.");
  }
  if (azure.account.toLowerCase() !== named) throw foreign(named);
  return azure.key
    ? new BlobServiceClient(`https://${host}`, new StorageSharedKeyCredential(named, azure.key), options)
    : new BlobServiceClient(`https://${host}?${azure.sas?.replace(/^\?/, "")}`, undefined, options);
}

/** A connection string that names no endpoint of Azure's, as that of an emulator or a private address, stands for its account. */
function fromConnectionString(text: string, host: string, named: string | undefined): BlobServiceClient {
  const service = parsed(text);
  const own = new URL(service.url).host;
  if (host === own || (named === service.accountName && !azureHost.test(own))) return service;
  throw foreign(named ?? host);
}

function parsed(text: string): BlobServiceClient {
  // Only this SDK insists on it.
  const whole = /\bAccountKey=/i.test(text) && !/\bDefaultEndpointsProtocol=/i.test(text)
    ? `DefaultEndpointsProtocol=https;${text}`
    : text;
  try {
    // It notes things in the options that it is given.
    return BlobServiceClient.fromConnectionString(whole, { ...options });
  } catch (cause) {
    throw new Error("AZURE_STORAGE_CONNECTION_STRING is not the connection string of a storage account.", { cause });
  }
}

const foreign = (account: string): Error =>
  new Error(`The server's credentials for Azure are not those of the storage account ${account}.`);
