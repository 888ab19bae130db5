import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ScriptNonce } from "../views/shell.tsx";
import { contentPolicy } from "./middleware/security_headers.ts";

/** A page, whose scripts run because they bear a word that nobody could know beforehand. */
export function sendPage(context: Context, page: JSX.Element, status: ContentfulStatusCode = 200): Response {
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  const html = <ScriptNonce.Provider value={nonce}>{page}</ScriptNonce.Provider>;
  return context.html(html.toString(), status, { "content-security-policy": contentPolicy(nonce) });
}
