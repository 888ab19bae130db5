import {
  hostNames,
  hostOf,
  postgresUrl,
  publicAddress,
  secretKeys,
  storeRoot,
  webAddress,
  wholeNumber,
  yesOrNo,
  yesOrTrue,
} from "./setting_values.ts";
import { type UploadArguments, uploadArguments, uploadArgumentsExpected } from "./upload_arguments.ts";

/** One environment variable that Weir reads. A variable that is set to nothing counts as not set. */
export interface Setting<T> {
  name: string;
  /** Names by which others know it; they are asked after `name`, in this order. */
  aliases?: readonly string[];
  /** As it would be written in the environment; without it, the setting may be absent. */
  default?: string;
  /** One sentence. */
  meaning: string;
  /** What a value must be, to end "must be …". */
  expected: string;
  /** Never shown: it is secret, or is an address with a password. */
  secret?: "address" | "text";
  /** Undefined when the text is not what is expected. */
  parse: (text: string) => T | undefined;
}

export type Defaulted<T> = Setting<T> & { default: string };

const logLevels = ["quiet", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Every setting, in the order in which people meet them. */
export const settings = {
  host: {
    name: "HOST",
    default: "127.0.0.1",
    meaning: "The address to listen on; any other than this machine's own needs WEIR_OPEN=yes.",
    expected: "an IP address or the name of this machine",
    parse: hostOf,
  } satisfies Defaulted<string>,
  port: {
    name: "PORT",
    default: "5000",
    meaning: "The port to listen on; 0 takes any free one.",
    expected: "a whole number from 0 to 65535",
    parse: (text) => wholeNumber(text, 0, 65535),
  } satisfies Defaulted<number>,
  databaseUrl: {
    name: "DATABASE_URL",
    meaning: "Your Postgres (14 or later); without it, Weir starts its own in WEIR_DATA_DIR.",
    expected: "postgres://user:password@host:5432/database, with special characters percent-encoded",
    secret: "address",
    parse: postgresUrl,
  } satisfies Setting<string>,
  artifactRoot: {
    name: "ARTIFACT_ROOT",
    meaning:
      "Where artifacts are kept: a folder, s3://bucket/prefix (with the usual AWS_… variables) or wasbs://container@account.blob.core.windows.net/prefix; without it, the folder `artifacts` in WEIR_DATA_DIR.",
    expected: "a folder, a file: URL, s3://bucket/prefix or wasbs://container@account.blob.core.windows.net/prefix",
    parse: storeRoot,
  } satisfies Setting<string>,
  s3Endpoint: {
    name: "MLFLOW_S3_ENDPOINT_URL",
    aliases: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    meaning: "The address of an S3-compatible store, as MLflow calls it.",
    expected: "an address such as https://s3.example.com",
    parse: webAddress,
  } satisfies Setting<string>,
  s3Region: {
    name: "AWS_REGION",
    aliases: ["AWS_DEFAULT_REGION"],
    meaning: "The region of the bucket, where AWS's own files do not tell it and it is not us-east-1.",
    expected: "the name of a region such as eu-central-1",
    parse: (text) => /^[a-z0-9-]+$/i.test(text) ? text : undefined,
  } satisfies Setting<string>,
  s3Addressing: {
    name: "MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE",
    aliases: ["AWS_S3_ADDRESSING_STYLE"],
    meaning:
      "Where addresses of objects in S3 name the bucket: `path` (usual with MLFLOW_S3_ENDPOINT_URL) or `virtual`, in the host (usual without).",
    expected: "auto, path or virtual",
    parse: (text) => (["auto", "path", "virtual"] as const).find((style) => style === text),
  } satisfies Setting<"auto" | "path" | "virtual">,
  s3UploadArguments: {
    name: "MLFLOW_S3_UPLOAD_EXTRA_ARGS",
    meaning: 'JSON of what objects in S3 are stored with, such as `{"ServerSideEncryption": "AES256"}`.',
    expected: uploadArgumentsExpected,
    // Whoever sets keys that are not taken may have set a secret one.
    secret: "text",
    parse: uploadArguments,
  } satisfies Setting<UploadArguments>,
  s3IgnoreTls: {
    name: "MLFLOW_S3_IGNORE_TLS",
    default: "no",
    meaning:
      "`yes` trusts any certificate of the S3 store; better name a file with the right one in NODE_EXTRA_CA_CERTS.",
    expected: "yes or no",
    parse: yesOrTrue,
  } satisfies Defaulted<boolean>,
  directTransfers: {
    name: "WEIR_DIRECT_TRANSFERS",
    default: "yes",
    meaning: "`no` keeps clients from moving big files straight to and from S3 or Azure, where they cannot reach it.",
    expected: "yes or no",
    parse: yesOrNo,
  } satisfies Defaulted<boolean>,
  azureConnection: {
    name: "AZURE_STORAGE_CONNECTION_STRING",
    meaning: "Opens the storage account of artifacts in Azure Blob, without the next three.",
    expected: "the connection string of a storage account",
    secret: "text",
    parse: (text) => text,
  } satisfies Setting<string>,
  azureAccount: {
    name: "AZURE_STORAGE_ACCOUNT",
    aliases: ["AZURE_STORAGE_ACCOUNT_NAME"],
    meaning: "The storage account that the key or the SAS token belongs to; without it, that of ARTIFACT_ROOT.",
    expected: "the name of a storage account: 3 to 24 small letters and digits",
    parse: (text) => /^[a-z0-9]{3,24}$/.test(text) ? text : undefined,
  } satisfies Setting<string>,
  azureKey: {
    name: "AZURE_STORAGE_ACCESS_KEY",
    aliases: ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY"],
    meaning: "The key of the storage account, as MLflow calls it.",
    expected: "the key of a storage account, as Azure shows it",
    secret: "text",
    parse: (text) => /^[a-z0-9+/]+=*$/i.test(text) ? text : undefined,
  } satisfies Setting<string>,
  azureSas: {
    name: "AZURE_STORAGE_SAS_TOKEN",
    meaning:
      "A shared access signature of the storage account instead of its key; clients then get no URLs of the store itself.",
    expected: "a shared access signature, as Azure shows it",
    secret: "text",
    parse: (text) => /\bsig=/.test(text) ? text : undefined,
  } satisfies Setting<string>,
  dataDir: {
    name: "WEIR_DATA_DIR",
    default: "data",
    meaning:
      "The folder for Weir's own Postgres and local artifacts; started by root in a folder that only root can enter, Weir takes one in /var/lib/weir instead.",
    expected: "a folder",
    parse: (text) => text,
  } satisfies Defaulted<string>,
  open: {
    name: "WEIR_OPEN",
    default: "no",
    meaning: "`yes` lets other machines in through HOST, though there are no accounts yet.",
    expected: "yes or no",
    parse: yesOrNo,
  } satisfies Defaulted<boolean>,
  publicUrl: {
    name: "WEIR_PUBLIC_URL",
    meaning:
      "How people and clients reach Weir through a proxy, such as https://ml.example.com/weir; its path, which the proxy may leave in or strip, stands before every link.",
    expected: "an address such as https://ml.example.com/weir, without ? and #",
    parse: publicAddress,
  } satisfies Setting<string>,
  allowedHosts: {
    name: "WEIR_ALLOWED_HOSTS",
    default: "",
    meaning: "Further names, separated by commas, under which browsers and clients may address Weir.",
    expected: "host names separated by commas, without https:// and path",
    parse: hostNames,
  } satisfies Defaulted<string[]>,
  prepare: {
    name: "WEIR_PREPARE",
    default: "yes",
    meaning: "`no` turns prepared statements off, for poolers that hand out connections per transaction.",
    expected: "yes or no",
    parse: yesOrNo,
  } satisfies Defaulted<boolean>,
  pool: {
    name: "WEIR_POOL",
    default: "10",
    meaning: "How many connections to Postgres to hold at most.",
    expected: "a whole number from 1 to 1000",
    parse: (text) => wholeNumber(text, 1, 1000),
  } satisfies Defaulted<number>,
  webhookPrivate: {
    name: "WEIR_WEBHOOK_PRIVATE",
    aliases: ["MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS"],
    default: "no",
    meaning: "`yes` lets webhooks send to private addresses and over plain HTTP: to this machine and its network too.",
    expected: "yes or no",
    parse: yesOrTrue,
  } satisfies Defaulted<boolean>,
  secretKeys: {
    name: "WEIR_SECRET_KEY",
    aliases: ["MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY"],
    default: "",
    meaning:
      "What encrypts the secrets of webhooks, the same for all servers on one database, older keys after a comma; without it, Weir makes one in WEIR_DATA_DIR.",
    expected: "32 characters or more, such as `openssl rand -hex 32` prints",
    secret: "text",
    parse: secretKeys,
  } satisfies Defaulted<string[]>,
  workers: {
    name: "WEIR_WORKERS",
    default: "1",
    meaning:
      "How many workers to start beside the server once there is something to execute; 0 leaves it to other machines.",
    expected: "a whole number from 0 to 64",
    parse: (text) => wholeNumber(text, 0, 64),
  } satisfies Defaulted<number>,
  workerToken: {
    name: "WEIR_WORKER_TOKEN",
    meaning:
      "What workers show to take part, the same for all servers on one database; without it, Weir makes one in WEIR_DATA_DIR, in the file `worker.token`.",
    expected: "32 characters or more without spaces, such as `openssl rand -hex 32` prints",
    secret: "text",
    parse: (text) => /^\S{32,}$/.test(text) ? text : undefined,
  } satisfies Setting<string>,
  binDays: {
    name: "WEIR_BIN_DAYS",
    meaning:
      "After how many days what was deleted is purged, with its files; without it, the bin keeps everything until somebody empties it.",
    expected: "a whole number from 1 to 36500",
    parse: (text) => wholeNumber(text, 1, 36_500),
  } satisfies Setting<number>,
  log: {
    name: "WEIR_LOG",
    default: "info",
    meaning: "How much to say: `quiet` (only what went wrong), `info` or `debug` (every request).",
    expected: "quiet, info or debug",
    parse: (text) => logLevels.find((level) => level === text),
  } satisfies Defaulted<LogLevel>,
};
