import { ApiError } from "./errors.ts";

/** Keeps secrets that must be read again, sealed with AES-GCM. */
export interface SecretBox {
  /** The secret as it may be stored. `owner` is what it belongs to: it cannot be opened for another. */
  seal(secret: string, owner: string): Promise<Uint8Array<ArrayBuffer>>;
  /** An Error when none of the keys opens it. */
  open(sealed: Uint8Array<ArrayBuffer>, owner: string): Promise<string>;
}

/** Bytes: the first says how it was sealed, then come the nonce and the cipher text. */
const version = 1;
const nonceLength = 12;

/** A box with these keys, texts of any length: the first one seals, each of them opens, so that a key can be replaced. */
export function secretBox(keys: readonly string[]): SecretBox {
  const derived = keys.map(deriveKey);
  return {
    async seal(secret, owner) {
      const key = await derived[0];
      if (key === undefined) {
        throw new ApiError("BAD_REQUEST", "This server cannot keep secrets: WEIR_SECRET_KEY must be set for it.");
      }
      const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
      const text = await crypto.subtle.encrypt(terms(nonce, owner), key, new TextEncoder().encode(secret));
      return new Uint8Array([version, ...nonce, ...new Uint8Array(text)]);
    },
    async open(sealed, owner) {
      const nonce = sealed.slice(1, 1 + nonceLength);
      const text = sealed.slice(1 + nonceLength);
      const tries = derived.map(async (key) => await crypto.subtle.decrypt(terms(nonce, owner), await key, text));
      const opened = await Promise.any(tries).catch(() => {
        throw new Error("The secret was sealed with another key: WEIR_SECRET_KEY must hold it too.");
      });
      return new TextDecoder().decode(opened);
    },
  };
}

const terms = (iv: Uint8Array<ArrayBuffer>, owner: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(owner),
});

/** A key of 256 bits out of a text that holds as many (HKDF). */
async function deriveKey(text: string): Promise<CryptoKey> {
  const utf8 = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", utf8.encode(text), "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8.encode("weir secrets") };
  return await crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}
