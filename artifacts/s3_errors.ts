import { S3ServiceException } from "@aws-sdk/client-s3";
import { ApiError, type ErrorCode, invalid } from "../domain/errors.ts";

/** What is wrong with the credentials, but travels with status 400. */
const unauthorized = ["AuthorizationHeaderMalformed", "ExpiredToken", "InvalidToken"];

/**
 * An error of the SDK with the store's own reason, for the user. What the operator has to mend has a status that MLflow's
 * Python client does not retry; what passes by itself (no connection, a store that is busy) has one that it does, after the
 * SDK's own three attempts. Errors that are ours already stay as they are.
 */
export function s3Error(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error;
  if (error.name === "KeyTooLongError") return invalid("Invalid path: the artifact store holds no key that long");
  if (error instanceof S3ServiceException) {
    return new ApiError(codeOf(error), `The artifact store refused: ${reason(error)}`, { cause: error });
  }
  if (error.name === "CredentialsProviderError") {
    return new ApiError("PERMISSION_DENIED", `The artifact store needs credentials: ${error.message}`, {
      cause: error,
    });
  }
  if (error.name === "TimeoutError" || "code" in error || "$metadata" in error) {
    return new ApiError("TEMPORARILY_UNAVAILABLE", `The artifact store cannot be reached: ${reason(error)}`, {
      cause: error,
    });
  }
  return error;
}

/** The error of putting a file together: what the store has against the parts is the client's to mend. */
export function partsError(error: unknown): unknown {
  if (!(error instanceof S3ServiceException) || codeOf(error) !== "RESOURCE_CONFLICT") return error;
  if (error.$metadata.httpStatusCode !== 400) return error;
  return invalid(`The artifact store refused the parts: ${reason(error)}`);
}

function codeOf({ name, $metadata: { httpStatusCode: status = 500 } }: S3ServiceException): ErrorCode {
  if (status === 401 || status === 403 || unauthorized.includes(name)) return "PERMISSION_DENIED";
  // 507 is a disk that is full: until somebody makes room, the whole file would be sent in vain each time.
  return status === 429 || (status >= 500 && status !== 507) ? "TEMPORARILY_UNAVAILABLE" : "RESOURCE_CONFLICT";
}

/** What went wrong, in the store's words: its code and message, or the codes of every address that was tried. */
function reason(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }) => message).join(", ");
  const { name, message } = error;
  return name === "Error" || message.startsWith(name)
    ? message
    : [name, message].filter((text) => text !== "").join(": ");
}
