/** Which characters the bytes of a file mean. */

export interface Decoded {
  text: string;
  /** Where it is not plain UTF-8: "UTF-16 LE", "Latin-1 (Windows-1252)". */
  encoding?: string;
}

/**
 * The text of a file's first bytes: by its byte order mark, as UTF-8, as UTF-16 where every other byte is zero, or else in the code
 * page of Western Windows, which holds Latin-1. `cut` says that the file goes on, perhaps within a character. Undefined for bytes
 * that are no text.
 */
export function decodeText(bytes: Uint8Array, cut: boolean): Decoded | undefined {
  const marked = marks.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte));
  if (marked) return readAs(marked.label, bytes.subarray(marked.mark.length), cut, marked.encoding);
  if (bytes.includes(0)) {
    const order = zeroOrder(bytes);
    return order && readAs(order.label, bytes, cut, order.encoding);
  }
  return readAs("utf-8", bytes, cut) ?? readAs("windows-1252", bytes, cut, "Latin-1 (Windows-1252)");
}

const marks = [
  { mark: [0xef, 0xbb, 0xbf], label: "utf-8", encoding: "UTF-8 with a byte order mark" },
  { mark: [0xff, 0xfe], label: "utf-16le", encoding: "UTF-16 LE" },
  { mark: [0xfe, 0xff], label: "utf-16be", encoding: "UTF-16 BE" },
];

/** Which bytes of pairs are zero, where it is nearly all of one place and hardly any of the other: Latin text in UTF-16. */
function zeroOrder(bytes: Uint8Array): { label: string; encoding: string } | undefined {
  const head = bytes.subarray(0, 2_000);
  const zeros = [0, 0];
  head.forEach((byte, i) => byte === 0 && zeros[i % 2]!++);
  const [even = 0, odd = 0] = zeros.map((zero) => zero / (head.length / 2));
  if (odd > 0.7 && even < 0.05) return { label: "utf-16le", encoding: "UTF-16 LE" };
  if (even > 0.7 && odd < 0.05) return { label: "utf-16be", encoding: "UTF-16 BE" };
}

/** Of a hundred characters, that may be controls other than spaces, bells and the escapes of terminals. */
const mostControls = 1;

function readAs(label: string, bytes: Uint8Array, cut: boolean, encoding?: string): Decoded | undefined {
  const text = tryDecode(label, bytes, cut);
  if (text === undefined) return undefined;
  // deno-lint-ignore no-control-regex -- controls are what is looked for
  const controls = text.match(/[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f\x81\x8d\x8f\x90\x9d]/g)?.length ?? 0;
  return controls * 100 > text.length * mostControls ? undefined : { text, ...(encoding && { encoding }) };
}

function tryDecode(label: string, bytes: Uint8Array, cut: boolean): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined; // bytes that mean nothing in it
  }
}
