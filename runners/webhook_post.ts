import { lookup } from "node:dns/promises";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIPv6 } from "node:net";
import { addressOfHost, isPublicAddress } from "../domain/addresses.ts";
import { ApiError, invalid } from "../domain/errors.ts";
import { type Attempt, parseWebhookUrl, type WebhookMessage, type WebhookPoster } from "../domain/webhooks.ts";

/**
 * Sends to addresses that users choose, and to none but the public ones (B1–B8 of the attack list): a name is resolved once, every
 * address that it has is looked at, and the connection goes to one of those very addresses. No redirects, no proxies.
 */

/** The addresses of a name. */
export type Resolve = (name: string) => Promise<string[]>;

export interface PostOptions {
  /** Also to private addresses and over plain HTTP: whoever can make a webhook can then reach this machine and its network. */
  allowPrivate: boolean;
  /** Default: the system's resolver. */
  resolve?: Resolve;
  /** Milliseconds for an attempt. */
  timeout?: number;
}

/** Milliseconds. */
const longestResolution = 10_000;
/** Attempts under way at once, those included that people wait for. */
const mostAtOnce = 30;
/** Bytes that are read of an answer. */
const longestAnswer = 64 * 1024;

export function openWebhookPoster({ allowPrivate, resolve = system, timeout = 30_000 }: PostOptions): WebhookPoster {
  const schemes = allowPrivate ? ["https", "http"] : ["https"];
  let underWay = 0;

  const placeOf = async (text: string): Promise<Place> => {
    const place = await resolvedPlace(parseWebhookUrl(text, schemes), resolve);
    if (!allowPrivate) checkPublic(place);
    return place;
  };

  return {
    async check(url) {
      if (allowPrivate) return void parseWebhookUrl(url, schemes);
      await placeOf(url).catch((error) => {
        throw error instanceof ApiError ? error : invalid(reasonOf(error));
      });
    },
    async post(text, message, signal) {
      if (underWay >= mostAtOnce) return { error: "This server sends to too many webhooks at once." };
      underWay++;
      const over = AbortSignal.any([AbortSignal.timeout(timeout), ...signal ? [signal] : []]);
      try {
        const { url, addresses } = await unlessOver(placeOf(text), over);
        return await unlessOver(send(url, addresses, message, over), over);
      } catch (error) {
        const reason = over.aborted ? `No answer came in time (${timeout / 1000} s).` : reasonOf(error);
        return { error: storable(reason), final: error instanceof ApiError };
      } finally {
        underWay--;
      }
    },
  };
}

interface Place {
  url: URL;
  /** The host, IPv6 without brackets. */
  name: string;
  addresses: string[];
}

async function resolvedPlace(url: URL, resolve: Resolve): Promise<Place> {
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const address = addressOfHost(name);
  return { url, name, addresses: address === undefined ? await resolved(name, resolve) : [address] };
}

/** Each address must be public: which of them is taken is not ours to say. */
function checkPublic({ name, addresses }: Place): void {
  const hidden = addresses.find((address) => !isPublicAddress(address));
  if (hidden === undefined) return;
  throw invalid(`Webhook URL must not resolve to a non-public IP address. '${name}' resolves to ${hidden}.`);
}

/** Addresses of version 4 first: many machines have no way out by the other. */
async function system(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
}

/** An Error, not an ApiError, when the name has no address, or none in time: it may have one later. */
async function resolved(name: string, resolve: Resolve): Promise<string[]> {
  const timeout = AbortSignal.timeout(longestResolution);
  const addresses = await unlessOver(resolve(name), timeout).catch((error) => {
    throw new Error(`Cannot resolve Webhook URL hostname '${name}': ${reasonOf(error)}`);
  });
  if (addresses.length > 0) return addresses;
  throw new Error(`Cannot resolve Webhook URL hostname '${name}': it has no address`);
}

/** What a promise comes to, unless the signal ends it first. */
function unlessOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const stop = () => fail(new Error("It took too long"));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(done, fail).finally(() => signal.removeEventListener("abort", stop));
  });
}

function send(url: URL, addresses: string[], message: WebhookMessage, signal: AbortSignal): Promise<Attempt> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Attempt>();
  const body = new TextEncoder().encode(message.body);
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method: "POST",
    headers: { ...message.headers, "Content-Length": String(body.length) },
    agent: false,
    lookup: pinned(addresses),
  });
  const fail = (error: unknown) => reject(new Error(`The receiver was not reached: ${reasonOf(error)}`));
  request.on("error", fail);
  request.on("response", (response) => readAnswer(response, request).then(done, fail));
  signal.addEventListener("abort", () => request.destroy(), { once: true });
  request.end(body);
  return promise;
}

type Lookup = (
  name: string,
  options: { all?: boolean | undefined },
  answer: (error: null, address: string | { address: string; family: number }[], family?: number) => void,
) => void;

/** Resolves every name to what was found and looked at before. */
function pinned(addresses: string[]): Lookup {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const [first] = found;
  return (_, { all }, answer) => all ? answer(null, found) : answer(null, first?.address ?? "", first?.family);
}

/** Of the body, no more than a person looks at; nothing keeps it. A body that breaks off does not undo the status. */
async function readAnswer(response: IncomingMessage, request: ClientRequest): Promise<Attempt> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      if (!(chunk instanceof Uint8Array)) continue;
      chunks.push(chunk.subarray(0, longestAnswer - length));
      length += chunk.length;
      if (length >= longestAnswer) break;
    }
  } catch {
    // The status is what counts.
  }
  request.destroy();
  const body = await new Blob(chunks.map((chunk) => new Uint8Array(chunk))).text();
  return { status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], body };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

/** As Postgres takes it, and not longer than a person reads. */
const storable = (text: string): string => text.replaceAll("\0", "").slice(0, 500).toWellFormed();
