import { deepest, type TreeEntry, type TreeNode } from "./tree.ts";

/**
 * A Python literal as a tree: what `str()` makes of a dict or a list, which is what MLflow's client logs of a param that is one. Numbers
 * as they are written. Undefined for anything else.
 */
export function pythonTree(text: string): TreeNode | undefined {
  try {
    const reader = { text, at: 0 };
    const node = readNode(reader, 0);
    skipSpace(reader);
    return reader.at === text.length ? node : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Reader {
  text: string;
  at: number;
}

const closing: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" };

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? "")) reader.at++;
}

function readNode(reader: Reader, depth: number): TreeNode {
  if (depth > deepest) throw new SyntaxError("nested too deeply");
  skipSpace(reader);
  const mark = reader.text[reader.at] ?? "";
  const close = closing[mark];
  if (close !== undefined) return readGroup(reader, close, depth);
  if (mark === "'" || mark === '"') return { kind: "text", text: readText(reader) };
  return readWord(reader);
}

/** Tuples and sets are lists. */
function readGroup(reader: Reader, close: string, depth: number): TreeNode {
  reader.at++;
  const entries: TreeEntry[] = [];
  let kind: "map" | "list" = "list";
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === close) break;
    const node = readNode(reader, depth + 1);
    skipSpace(reader);
    if (close === "}" && reader.text[reader.at] === ":") {
      reader.at++;
      kind = "map";
      entries.push({ key: "text" in node ? node.text : JSON.stringify(node), node: readNode(reader, depth + 1) });
    } else entries.push({ node });
    skipSpace(reader);
    if (reader.text[reader.at] === ",") reader.at++;
    else if (reader.text[reader.at] !== close) throw new SyntaxError("expected a comma");
  }
  reader.at++;
  return { kind: entries.length === 0 && close === "}" ? "map" : kind, entries };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

function readText(reader: Reader): string {
  const quote = reader.text[reader.at++];
  let text = "";
  for (;;) {
    const letter = reader.text[reader.at++];
    if (letter === undefined) throw new SyntaxError("expected the end of a text");
    if (letter === quote) return text;
    if (letter !== "\\") {
      text += letter;
      continue;
    }
    const escaped = reader.text[reader.at++] ?? "";
    const digits = { x: 2, u: 4, U: 8 }[escaped];
    if (digits === undefined) text += escapes[escaped] ?? escaped;
    else {
      const code = parseInt(reader.text.slice(reader.at, reader.at + digits), 16);
      if (!(code <= 0x10ffff)) throw new SyntaxError("expected a character");
      text += String.fromCodePoint(code);
      reader.at += digits;
    }
  }
}

const word = /[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?j?(?![\w.])|True\b|False\b|None\b|-?(?:nan|inf)\b/y;

function readWord(reader: Reader): TreeNode {
  word.lastIndex = reader.at;
  const [text] = word.exec(reader.text) ?? [];
  if (text === undefined) throw new SyntaxError("expected a value");
  reader.at += text.length;
  return { kind: "word", text };
}
