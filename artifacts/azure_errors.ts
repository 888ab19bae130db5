import { RestError } from "@azure/storage-blob";
import { ApiError, type ErrorCode, invalid } from "../domain/errors.ts";

/**
 * An error of the SDK with the store's own reason, for the user. What the operator has to mend has a status that MLflow's
 * Python client does not retry; what passes by itself (no connection, a store that is busy) has one that it does, after the
 * SDK's own three attempts. Errors that are ours already stay as they are.
 */
export function azureError(error: unknown): unknown {
  if (error instanceof ApiError || !(error instanceof Error)) return error;
  if (error.name === "AbortError") {
    return new ApiError(
      "TEMPORARILY_UNAVAILABLE",
      "The artifact store cannot be reached: it breaks the connection off.",
      {
        cause: error,
      },
    );
  }
  if (!(error instanceof RestError)) return error;
  const code = codeOf(error);
  if (error.statusCode === undefined) {
    return new ApiError("TEMPORARILY_UNAVAILABLE", `The artifact store cannot be reached: ${reason(error)}`, {
      cause: error,
    });
  }
  if (code === "OutOfRangeInput") return invalid("Invalid path: the artifact store holds no name that long");
  if (code === "InvalidBlockList") {
    return new ApiError("RESOURCE_CONFLICT", "Another request wrote the same file at the same moment: try again.", {
      cause: error,
    });
  }
  return new ApiError(statusOf(error.statusCode), `The artifact store refused: ${reason(error)}`, { cause: error });
}

/** Whether there is no such file; of a missing container, it is false. */
export const isMissing = (error: unknown): boolean => error instanceof RestError && codeOf(error) === "BlobNotFound";

/** The store's own word for what is wrong, or the system's. */
export function codeOf(error: RestError): string {
  return error.code ?? error.response?.headers.get("x-ms-error-code") ?? "";
}

function statusOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return "PERMISSION_DENIED";
  return status === 429 || status >= 500 ? "TEMPORARILY_UNAVAILABLE" : "RESOURCE_CONFLICT";
}

/** What went wrong, in the store's words, without the numbers of the request that follow on further lines, and without secrets. */
function reason(error: RestError): string {
  const code = codeOf(error);
  const [first = ""] = error.message.split("\n");
  const text = first.replaceAll(/\?\S*|\bsig=[^&\s"']*/g, "").trim();
  const parts = text.includes(code) ? [text] : [code, text];
  return parts.filter((part) => part !== "").join(": ") || `status ${error.statusCode}`;
}

/** Whether another request changed the file since it was looked at. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof RestError && (error.statusCode === 409 || error.statusCode === 412 || error.statusCode === 404);
