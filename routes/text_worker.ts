/**
 * A thread that reads texts of strangers: grammars of languages and of YAML take a time that grows with the square of some texts, or
 * worse. Whoever asks for it ends it when it takes too long.
 */
import { parentPort } from "node:worker_threads";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "@std/yaml";
import type { CodePiece } from "../domain/code.ts";
import { deepest, type TreeNode } from "../domain/tree.ts";
import type { TextTask } from "./text_reader.ts";

const languages = {
  bash,
  diff,
  dockerfile,
  ini,
  java,
  javascript,
  json,
  markdown,
  python,
  r,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/** What highlight.js tells of a text, as pieces instead of HTML: whatever stands in it stays text. */
class Pieces {
  readonly pieces: CodePiece[] = [];
  readonly #open: string[] = [];
  addText(text: string): void {
    const kind = this.#open.at(-1);
    if (text !== "") this.pieces.push(kind === undefined ? [text] : [text, kind]);
  }
  startScope(scope: string): void {
    this.#open.push(scope.split(".")[0] ?? scope);
  }
  endScope(): void {
    this.#open.pop();
  }
  openNode(scope: string): void {
    this.startScope(scope);
  }
  closeNode(): void {
    this.endScope();
  }
  __addSublanguage(emitter: Pieces): void {
    this.pieces.push(...emitter.pieces);
  }
  finalize(): void {}
  toHTML(): string {
    return "";
  }
}

hljs.configure({ __emitter: Pieces });

function highlighted(text: string, language: string): CodePiece[] {
  if (!Object.hasOwn(languages, language)) return [[text]];
  const { _emitter } = hljs.highlight(text, { language, ignoreIllegals: true });
  return _emitter instanceof Pieces ? _emitter.pieces : [[text]];
}

/** Aliases that a document may resolve: more are a bomb. */
const mostAliases = 50;

function parsed(text: string): { document: Document.Parsed; fault?: string } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (!error) return { document };
  if (/call stack/.test(error.message)) return { document, fault: "It is nested too deeply." };
  const { line, col } = lines.linePos(error.pos[0]);
  return { document, fault: `Line ${line}, column ${col}: ${error.message.slice(0, 200)}` };
}

/** The plain value, tags ignored, and what is wrong. */
function yamlValue(text: string): { value?: unknown; fault?: string } {
  const { document, fault } = parsed(text);
  if (fault !== undefined) return { fault };
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message.slice(0, 200) : "It cannot be read." };
  }
}

/** The nodes as they are written: aliases stay names, tags are told and mean nothing. */
function yamlTree(text: string): { tree?: TreeNode; fault?: string } {
  const { document, fault } = parsed(text);
  if (fault !== undefined) return { fault };
  return { tree: nodeOf(document.contents, 0) };
}

function nodeOf(node: unknown, depth: number): TreeNode {
  if (depth > deepest) return { kind: "word", text: "…" };
  if (isAlias(node)) return { kind: "word", text: `*${node.source}` };
  if (isScalar(node)) {
    const written = typeof node.value === "string" ? node.value : node.source ?? String(node.value);
    return { kind: typeof node.value === "string" ? "text" : "word", text: written, ...noteOf(node) };
  }
  if (isSeq(node)) {
    return { kind: "list", entries: node.items.map((item) => ({ node: nodeOf(item, depth + 1) })), ...noteOf(node) };
  }
  if (!isMap(node)) return { kind: "word", text: "null" };
  const entries = node.items.map(({ key, value }) => ({ key: keyOf(key), node: nodeOf(value, depth + 1) }));
  return { kind: "map", entries, ...noteOf(node) };
}

const keyOf = (key: unknown): string =>
  isScalar(key) ? String(key.value) : isAlias(key) ? `*${key.source}` : String(key).slice(0, 200);

function noteOf({ tag, anchor }: { tag?: string | undefined; anchor?: string | undefined }): { note?: string } {
  const own = tag !== undefined && !tag.startsWith("tag:yaml.org,2002:")
    ? tag
    : tag?.replace("tag:yaml.org,2002:", "!!");
  const note = [own, anchor === undefined ? undefined : `&${anchor}`].filter((part) => part !== undefined).join(" ");
  return note === "" ? {} : { note };
}

parentPort?.on("message", (task: TextTask) => {
  try {
    const answer = task.kind === "code"
      ? highlighted(task.text, task.language)
      : task.kind === "value"
      ? yamlValue(task.text)
      : yamlTree(task.text);
    parentPort?.postMessage({ id: task.id, answer });
  } catch {
    parentPort?.postMessage({ id: task.id }); // nested too deeply for the stack
  }
});
