import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { schemeOf } from "../../domain/uri.ts";

/** What a container needs to reach a store of artifacts by itself. */
export interface StoreAccess {
  /** Each `host:container`. */
  volumes: readonly string[];
  variables: Readonly<Record<string, string>>;
}

type Variables = Readonly<Record<string, string>>;

const nothing: StoreAccess = { volumes: [], variables: {} };

/** What MLflow hands to a container for the store that the run's artifacts go to, out of the environment of who started it. */
export async function storeAccess(artifactUri: string | undefined, environment: Variables): Promise<StoreAccess> {
  if (artifactUri === undefined) return nothing;
  const access = accessOf[schemeOf(artifactUri)];
  return access === undefined ? nothing : await access(environment, artifactUri);
}

const accessOf: Readonly<Record<string, (environment: Variables, uri: string) => StoreAccess | Promise<StoreAccess>>> =
  {
    "": (_, path) => ({ ...nothing, volumes: [`${path}:${path}`] }),
    file: (_, uri) => ({ ...nothing, volumes: [`${fileURLToPath(uri)}:${fileURLToPath(uri)}`] }),
    s3: async (environment) => {
      const folder = join(environment.HOME ?? environment.USERPROFILE ?? "/", ".aws");
      const there = await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
      return { volumes: there ? [`${folder}:/.aws`] : [], variables: pick(environment, s3Names) };
    },
    wasbs: (environment) => ({
      ...nothing,
      variables: pick(environment, ["AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCESS_KEY"]),
    }),
    gs: ({ GOOGLE_APPLICATION_CREDENTIALS: file }) =>
      file === undefined
        ? nothing
        : { volumes: [`${file}:/.gcs`], variables: { GOOGLE_APPLICATION_CREDENTIALS: "/.gcs" } },
    hdfs: hdfsAccess,
    viewfs: hdfsAccess,
  };

/** MLflow leaves the session token out, without which temporary keys open nothing. */
const s3Names = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SESSION_TOKEN",
  "MLFLOW_S3_ENDPOINT_URL",
  "MLFLOW_S3_IGNORE_TLS",
];

function hdfsAccess(environment: Variables): StoreAccess {
  const cache = environment.MLFLOW_KERBEROS_TICKET_CACHE;
  return {
    volumes: cache === undefined ? [] : [`${cache}:${cache}`],
    variables: pick(environment, [
      "MLFLOW_KERBEROS_TICKET_CACHE",
      "MLFLOW_KERBEROS_USER",
      "MLFLOW_PYARROW_EXTRA_CONF",
    ]),
  };
}

const pick = (environment: Variables, names: readonly string[]): Variables =>
  Object.fromEntries(names.flatMap((name) => environment[name] === undefined ? [] : [[name, environment[name]]]));
