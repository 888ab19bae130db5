/** What the texts of settings mean: each function answers undefined for a text that is not of its kind. */
import { isIP } from "node:net";

export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
}

export function yesOrNo(text: string): boolean | undefined {
  return text === "yes" || (text === "no" ? false : undefined);
}

/** As `yesOrNo`, and what MLflow's settings take. */
export function yesOrTrue(text: string): boolean | undefined {
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : yesOrNo(text);
}

/** Keys separated by commas, each with 128 bits at the least if it is random. */
export function secretKeys(text: string): string[] | undefined {
  const keys = text.split(",").map((key) => key.trim()).filter((key) => key !== "");
  return keys.every((key) => key.length >= 32) ? keys : undefined;
}

/** IPv6 addresses may stand in brackets, as in a URL. */
export function hostOf(text: string): string | undefined {
  const bare = text.toLowerCase().replace(/^\[(.+)\]$/, "$1");
  return isIP(bare) > 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(bare) ? bare : undefined;
}

export function hostNames(text: string): string[] | undefined {
  const names = text.toLowerCase().split(",").map((name) => name.trim()).filter((name) => name !== "");
  return names.every((name) => /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?$/.test(name)) ? names : undefined;
}

export function postgresUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const fits = url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
  const one = fits && !url.host.includes(",");
  return one && isEncoded(text) ? text : undefined;
}

/** Whether every percent sign begins the code of a character. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function webAddress(text: string): string | undefined {
  const protocol = URL.parse(text)?.protocol;
  return protocol === "https:" || protocol === "http:" ? text : undefined;
}

/** An address without a slash at its end. */
export function publicAddress(text: string): string | undefined {
  const url = URL.parse(text);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.search + url.hash + url.username === "";
  return plain ? (url.origin + url.pathname).replace(/\/+$/, "") : undefined;
}

export function storeRoot(text: string): string | undefined {
  // One letter before the colon is a drive of Windows.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === "s3" || scheme === "wasbs") return URL.parse(text)?.hostname ? text : undefined;
  return scheme === undefined || scheme === "file" ? text : undefined;
}
