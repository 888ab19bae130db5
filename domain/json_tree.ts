import { deepest, type TreeEntry, type TreeGroup, type TreeNode } from "./tree.ts";

/** A place in a text that is read. */
interface Reader {
  text: string;
  at: number;
}

/** The text ended before what it holds did. */
const ended = Symbol("ended");
type Read<Value> = Value | typeof ended;

/**
 * JSON as a tree: numbers as they are written, Python's NaN and infinities too, keys that stand twice twice. With `cut` the text is
 * the beginning of a longer one, and the groups in which it ends say so. Undefined for what is not JSON, or is nested too deeply.
 */
export function jsonTree(text: string, cut = false): TreeNode | undefined {
  try {
    const reader = { text, at: text.startsWith("\uFEFF") ? 1 : 0 };
    const node = readNode(reader, 0);
    if (node === ended) return undefined;
    const whole = !isCut(node);
    if (whole) skipSpace(reader);
    return (whole ? reader.at === text.length || cut : cut) ? node : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON Lines as a list of what stands in the lines; a last line that the text cuts off is left out. */
export function jsonLinesTree(text: string, cut = false): TreeNode | undefined {
  const lines = text.split("\n");
  if (cut) lines.pop();
  const nodes = lines.filter((line) => line.trim() !== "").map((line) => jsonTree(line.trimEnd()));
  if (nodes.length === 0) return undefined;
  const entries = nodes.flatMap((node): TreeEntry[] => node ? [{ node }] : []);
  return entries.length < nodes.length ? undefined : { kind: "list", entries, ...(cut && { cut }) };
}

const isCut = (node: TreeNode): boolean => "cut" in node && node.cut === true;

function skipSpace(reader: Reader): void {
  while (reader.at < reader.text.length && " \t\r\n".includes(reader.text[reader.at] ?? "")) reader.at++;
}

function readNode(reader: Reader, depth: number): Read<TreeNode> {
  if (depth > deepest) throw new SyntaxError("nested too deeply");
  skipSpace(reader);
  const mark = reader.text[reader.at];
  if (mark === undefined) return ended;
  if (mark === "{" || mark === "[") return readGroup(reader, mark, depth);
  if (mark !== '"') return readWord(reader, depth);
  const text = readText(reader);
  return text === ended ? ended : { kind: "text", text };
}

function readGroup(reader: Reader, open: "{" | "[", depth: number): TreeGroup {
  const close = open === "{" ? "}" : "]";
  const group: TreeGroup = { kind: open === "{" ? "map" : "list", entries: [] };
  reader.at++;
  for (let first = true;; first = false) {
    skipSpace(reader);
    const mark = reader.text[reader.at];
    if (mark === undefined) return { ...group, cut: true };
    if (mark === close && (first || group.entries.length > 0)) {
      reader.at++;
      return group;
    }
    if (!first) {
      if (mark !== ",") throw new SyntaxError("expected a comma");
      reader.at++;
    }
    const entry = readEntry(reader, open, depth);
    if (entry === ended) return { ...group, cut: true };
    group.entries.push(entry);
    if (isCut(entry.node)) return { ...group, cut: true };
  }
}

function readEntry(reader: Reader, open: "{" | "[", depth: number): Read<TreeEntry> {
  if (open === "[") {
    const node = readNode(reader, depth + 1);
    return node === ended ? ended : { node };
  }
  skipSpace(reader);
  if (reader.at >= reader.text.length) return ended;
  if (reader.text[reader.at] !== '"') throw new SyntaxError("expected a key");
  const key = readText(reader);
  skipSpace(reader);
  if (key === ended || reader.at >= reader.text.length) return ended;
  if (reader.text[reader.at++] !== ":") throw new SyntaxError("expected a colon");
  const node = readNode(reader, depth + 1);
  return node === ended ? ended : { key, node };
}

function readText(reader: Reader): Read<string> {
  const start = reader.at;
  let end = start + 1;
  while (end < reader.text.length && reader.text[end] !== '"') end += reader.text[end] === "\\" ? 2 : 1;
  if (end >= reader.text.length) return ended;
  reader.at = end + 1;
  return String(JSON.parse(reader.text.slice(start, end + 1)));
}

const word = /-?(?:Infinity|NaN|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|true|false|null/y;

function readWord(reader: Reader, depth: number): Read<TreeNode> {
  word.lastIndex = reader.at;
  const [text = ""] = word.exec(reader.text) ?? [];
  const end = reader.at + text.length;
  const goesOn = /^[-\w.+]*$/.test(reader.text.slice(end, end + 30));
  // A word that the end may have cut in two is none.
  if (depth > 0 && goesOn && reader.text.length - end < 30) return ended;
  if (text === "" || /^[-\w.+]/.test(reader.text.slice(end, end + 1))) throw new SyntaxError("expected a value");
  reader.at = end;
  return { kind: "word", text };
}
