import { ApiError } from "../errors.ts";
import type { Span } from "./ast.ts";

/** An INVALID_PARAMETER_VALUE that knows the place in the filter's text, so that a page can point at it. */
export class FilterError extends ApiError implements Span {
  constructor(message: string, readonly offset: number, readonly length: number) {
    super("INVALID_PARAMETER_VALUE", message);
  }
}
