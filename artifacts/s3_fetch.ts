import { ApiError } from "../domain/errors.ts";

/** What the SDK asks to send. */
interface SignedRequest {
  method: string;
  /** With its colon. */
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** What the SDK sends its requests by (`HttpHandler` of Smithy). */
export type RequestHandler = {
  metadata: { handlerProtocol: string };
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  handle(request: SignedRequest, options?: { abortSignal?: AbortSignal }): Promise<{ response: Answered }>;
};

interface Answered {
  statusCode: number;
  reason: string;
  headers: Record<string, string>;
  body: ReadableStream<Uint8Array>;
}

/** Milliseconds that a store has to answer in; to make a file of its parts may take longer. */
const patience = 30_000;
const completing = 300_000;

/**
 * Sends the SDK's requests by `fetch`, so that the body of an answer can pass on to a client without passing through JavaScript: several
 * times as fast as by the SDK's own handler. A store that keeps silent is TEMPORARILY_UNAVAILABLE; a lost connection is told
 * as Node tells it, which the SDK knows to repeat.
 */
export const fetchHandler = (): RequestHandler => ({
  metadata: { handlerProtocol: "http/1.1" },
  updateHttpClientConfig() {},
  httpHandlerConfigs: () => ({}),
  async handle(request, { abortSignal } = {}) {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), isCompleting(request) ? completing : patience);
    const signals = abortSignal ? [abortSignal, silence.signal] : [silence.signal];
    try {
      const answer = await fetch(urlOf(request), {
        method: request.method,
        headers: new Headers(withoutLength(request.headers)),
        // An empty text, so that a POST of nothing has a length.
        ...(request.method !== "GET" && request.method !== "HEAD" && { body: request.body ?? "" }),
        // The SDK follows to the bucket's region by itself, and has to sign anew.
        redirect: "manual",
        signal: AbortSignal.any(signals),
      });
      const { status: statusCode, statusText: reason, body } = answer;
      return {
        response: {
          statusCode,
          reason,
          headers: Object.fromEntries(answer.headers),
          body: body ?? new Blob().stream(),
        },
      };
    } catch (error) {
      if (silence.signal.aborted) throw tooLate(error);
      throw error instanceof TypeError ? lost(error) : error;
    } finally {
      clearTimeout(timer);
    }
  },
});

const isCompleting = ({ method, query = {} }: SignedRequest): boolean => method === "POST" && "uploadId" in query;

function urlOf({ protocol, hostname, port, path, query = {} }: SignedRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ""].flat().map((one) => one === "" ? encode(name) : `${encode(name)}=${encode(one)}`)
  );
  return `${protocol}//${hostname}${port ? `:${port}` : ""}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
}

/** As it is signed: everything but letters, digits and `-_.~`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** `fetch` says the length itself. */
const withoutLength = (headers: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(headers).filter(([name]) => !["content-length", "host"].includes(name.toLowerCase()));

const tooLate = (cause: unknown): ApiError =>
  new ApiError("TEMPORARILY_UNAVAILABLE", "The artifact store cannot be reached: it does not answer in time.", {
    cause,
  });

/** The innermost reason, without the address, which has the name of the file. */
function lost(cause: TypeError): Error {
  const { message } = cause.cause instanceof Error ? cause.cause : cause;
  const reason = message.replace(/^error sending request .*?\): /, "").replace(/ \(os error \d+\)$/, "");
  const code = /refused/i.test(reason) ? "ECONNREFUSED" : "ECONNRESET";
  return Object.assign(new Error(`${code}: ${reason}`, { cause }), { code });
}
