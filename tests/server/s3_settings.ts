import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { type S3Server, startVersitygw } from "../tools.ts";

/** The environment of a Weir that keeps its artifacts in a bucket. */
export const s3Settings = (s3: S3Server): Record<string, string> => ({
  ARTIFACT_ROOT: `s3://${s3.bucket}/some/prefix`,
  MLFLOW_S3_ENDPOINT_URL: s3.endpoint,
  AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
});

/** Starts Weir with its artifacts in a bucket of its own; it tells every request. */
export async function startOnS3(env: Record<string, string> = {}) {
  await using starting = new AsyncDisposableStack();
  const s3 = starting.use(await startVersitygw());
  const database = starting.use(await createDatabase());
  const server = await startServer({ ...s3Settings(s3), DATABASE_URL: database.url, WEIR_LOG: "debug", ...env });
  starting.defer(async () => void await server.stop());
  const running = starting.move();
  return { s3, server, database, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** How many multipart uploads have begun in the bucket and not ended. */
export async function uploadsUnderWay(s3: S3Server): Promise<number> {
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
  client.destroy();
  return Uploads.length;
}
