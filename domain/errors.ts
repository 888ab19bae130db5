/** MLflow's error codes and the HTTP status that each one travels with. */
export const statusOf = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  ENDPOINT_NOT_FOUND: 404,
  NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  RESOURCE_CONFLICT: 409,
  REQUEST_LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof statusOf;

/** What a caller did wrong or has to know, in MLflow's words. Thrown anywhere, rendered in one place (`routes/errors.ts`). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }

  /** Of HTTP. */
  get status(): (typeof statusOf)[ErrorCode] {
    return statusOf[this.code];
  }
}

/** An INVALID_PARAMETER_VALUE, to be thrown. */
export const invalid = (message: string): ApiError => new ApiError("INVALID_PARAMETER_VALUE", message);

/** A RESOURCE_DOES_NOT_EXIST, to be thrown. */
export const notFound = (message: string): ApiError => new ApiError("RESOURCE_DOES_NOT_EXIST", message);
