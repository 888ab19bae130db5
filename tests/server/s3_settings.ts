import type { S3Server } from "../tools.ts";

/** The environment of a Weir that keeps its artifacts in a bucket. */
export const s3Settings = (s3: S3Server): Record<string, string> => ({
  ARTIFACT_ROOT: `s3://${s3.bucket}/some/prefix`,
  MLFLOW_S3_ENDPOINT_URL: s3.endpoint,
  AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
});
