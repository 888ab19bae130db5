import type { MiddlewareHandler } from "hono";

/**
 * What a page may do: run the scripts that its own nonce names, and what these import; no inline ones, talk to this server only, and
 * stand in no frame. Style attributes are allowed, for bars and colours; style elements are not.
 */
export const contentPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** What is no page may do nothing, whatever a browser takes it for. */
const policy = "default-src 'none'; frame-ancestors 'none'";

export function securityHeaders(): MiddlewareHandler {
  return async function securityHeaders(context, next) {
    await next();
    const { headers } = context.res;
    headers.set("x-content-type-options", "nosniff");
    headers.set("x-frame-options", "SAMEORIGIN");
    headers.set("referrer-policy", "same-origin");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", policy);
  };
}
