import { equal, ok, throws } from "node:assert/strict";
import { azureStore } from "../../artifacts/azure.ts";
import { connectAccount } from "../../artifacts/azure_account.ts";
import { type AzureOptions, parseWasbs } from "../../artifacts/wasbs.ts";

const key = btoa("a secret key");
const at = (host: string) => parseWasbs(`wasbs://artifacts@${host}/x`);
const connect = (host: string, options: AzureOptions) => connectAccount(at(host), options).url;

Deno.test("a root that is no container of Azure's, or leads away from it, is refused", () => {
  const host = "account.blob.core.windows.net";
  const roots = [
    "wasbs://",
    `wasbs://${host}/x`,
    `wasbs://@${host}/x`,
    `wasbs://a@${host}`,
    `wasbs://a--b@${host}`,
    `wasbs://-ab@${host}`,
    `wasbs://abc@x@${host}`,
    `wasbs://abc:secret@${host}`,
    `wasbs://abc@${host}/../x`,
    `wasbs://abc@${host}/%2e%2e/x`,
    `wasbs://abc@${host}/x#y`,
    `wasbs://abc@${host}?x`,
    `wasbs://abc@${host}:x`,
    `wasbs://abc@`,
    `wasbs://a/b@${host}`,
    `wasb://abc@${host}`,
    `wasbs://abc@[::1]/x`,
    `wasbs://abc@ho st/x`,
    `wasbs://abc@${host}\n/x`,
  ]; // deno-fmt-ignore
  for (const root of roots) {
    throws(() => azureStore(root, { account: "account", key }), {
      name: "Error",
      message: `The artifact root ${root} is not of the form wasbs://container@account.blob.core.windows.net/prefix.`,
    });
  }
});

Deno.test("an account is reached by its key or SAS token at Azure's own hosts", () => {
  for (const cloud of ["windows.net", "chinacloudapi.cn", "usgovcloudapi.net"]) {
    equal(connect(`one.blob.core.${cloud}`, { account: "one", key }), `https://one.blob.core.${cloud}/`);
  }
  equal(connect("ONE.blob.core.windows.net", { account: "one", key }), "https://one.blob.core.windows.net/");
  for (const sas of ["sv=1&sig=x", "?sv=1&sig=x"]) {
    equal(
      connect("one.blob.core.windows.net", { account: "one", sas }),
      "https://one.blob.core.windows.net/?sv=1&sig=x",
    );
  }
});

Deno.test("a connection string leads to its own account only, wherever that is", () => {
  const own = { connectionString: `AccountName=one;AccountKey=${key};EndpointSuffix=core.windows.net` };
  equal(connect("one.blob.core.windows.net", own), "https://one.blob.core.windows.net/");
  const emulator = { connectionString: `AccountName=one;AccountKey=${key};BlobEndpoint=http://127.0.0.1:10000/one` };
  for (const host of ["one.blob.core.windows.net", "127.0.0.1:10000"]) {
    equal(connect(host, emulator), "http://127.0.0.1:10000/one");
  }
  const elsewhere = { connectionString: `AccountName=one;AccountKey=${key};EndpointSuffix=core.chinacloudapi.cn` };
  const refused = /^The server's credentials for Azure are not those of the storage account [a-z0-9.:-]+\.$/;
  for (const host of ["two.blob.core.windows.net", "127.0.0.1:10000", "169.254.169.254", "one.example.com"]) {
    throws(() => connect(host, own), { name: "Error", message: refused });
  }
  throws(() => connect("one.blob.core.windows.net", elsewhere), { message: refused });
  for (const host of ["two.blob.core.windows.net", "127.0.0.1:10001", "127.0.0.1", "localhost:10000"]) {
    throws(() => connect(host, emulator), { message: refused });
  }
});

Deno.test("credentials are given to no other account's host, and to no host that is not Azure's", () => {
  for (const options of [{ account: "one", key }, { account: "one", sas: "sig=x" }]) {
    throws(() => connect("two.blob.core.windows.net", options), /not those of the storage account two\.$/);
    for (
      const host of [
        "127.0.0.1",
        "169.254.169.254",
        "localhost:5000",
        "one.blob.core.windows.net.evil.com",
        "evil.com",
        "one.blob.core.windows.net:8080",
        "one.x.blob.core.windows.net",
        "oneblob.core.windows.net",
        "one.dfs.core.windows.net",
      ] // deno-fmt-ignore
    ) {
      throws(() => connect(host, options), {
        name: "Error",
        message: `The host ${host} is not one of Azure's for blobs: account.blob.core.windows.net.`,
      });
    }
  }
});

Deno.test("what is missing is said, and no secret with it", () => {
  const host = "one.blob.core.windows.net";
  throws(() => connect(host, {}), {
    message: "The storage account one needs credentials: set AZURE_STORAGE_CONNECTION_STRING, or " +
      "AZURE_STORAGE_ACCOUNT=one with AZURE_STORAGE_ACCESS_KEY or AZURE_STORAGE_SAS_TOKEN.",
  });
  throws(() => connect(host, { key }), /^Error: AZURE_STORAGE_ACCOUNT must be set: /);
  for (const connectionString of ["x", `AccountKey=${key}`, `BlobEndpoint=nowhere;SharedAccessSignature=sig=${key}`]) {
    throws(() => connect(host, { connectionString }), (error) => {
      ok(error instanceof Error && !error.message.includes(key));
      equal(error.message, "AZURE_STORAGE_CONNECTION_STRING is not the connection string of a storage account.");
      return true;
    });
  }
});
