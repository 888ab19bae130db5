import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context, MiddlewareHandler } from "hono";
import { compress } from "hono/compress";

/** Bytes below which compressing is not worth it. */
const least = 1024;
/** As quick as gzip; a page that names its runs in many places becomes a third smaller, because brotli looks further back. */
const quick = 5;

export const codings = ["br", "gzip"] as const;
export type Coding = (typeof codings)[number];

export function codingFor(context: Context): Coding | undefined {
  const accepted = context.req.header("accept-encoding") ?? "";
  return codings.find((coding) => new RegExp(`\\b${coding}\\b`).test(accepted));
}

/** `quality` is brotli's, 0 to 11. */
export async function compressed(body: Uint8Array, coding: Coding, quality = quick): Promise<Uint8Array<ArrayBuffer>> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  return new Uint8Array(await (coding === "br" ? promisify(brotliCompress)(body, { params }) : promisify(gzip)(body)));
}

/** Compresses answers that are made whole before they are sent; Hono's own knows no brotli. */
export function compression(): MiddlewareHandler {
  const byHono = compress();
  return async function compression(context, next) {
    if (codingFor(context) !== "br") return await byHono(context, next);
    await next();
    const { status, headers } = context.res;
    if (context.req.method === "HEAD" || context.res.body === null || headers.has("content-encoding")) return;
    const body = new Uint8Array(await context.res.arrayBuffer());
    const isShort = body.length < least;
    context.res = new Response(isShort ? body : await compressed(body, "br"), { status, headers });
    if (isShort) return;
    context.res.headers.set("content-encoding", "br");
    context.res.headers.append("vary", "accept-encoding");
    context.res.headers.delete("content-length");
  };
}
