import { Worker } from "node:worker_threads";
import type { CodePiece } from "../domain/code.ts";
import type { TreeNode } from "../domain/tree.ts";

/** What the thread for texts is asked. */
export type TextTask = { id: number } & ({ kind: "code"; text: string; language: string } | YamlTask);
type YamlTask = { kind: "value" | "tree"; text: string };

/** Milliseconds that a text may take, counted from when its turn comes; how many wait. */
const longest = 1_500;
const mostWaiting = 50;
/** Milliseconds for the thread to begin. */
const longestStart = 10_000;

/** Characters of a line from which on its words are not told apart: that is no code that somebody wrote. */
const longestLine = 2_000;

/** The words of a text told apart; undefined where that takes too long. */
export async function colored(text: string, language: string): Promise<CodePiece[] | undefined> {
  if (/\S{2000}/.test(text) || text.split("\n").some((line) => line.length > longestLine)) return undefined;
  const answer = await ask({ kind: "code", text, language });
  return Array.isArray(answer) ? answer : undefined;
}

/** What a YAML text means, without tags and with few aliases, or what is wrong with it. */
export async function yamlValue(text: string): Promise<{ value?: unknown; fault?: string }> {
  return await ask({ kind: "value", text }) as { value?: unknown; fault?: string } | undefined ?? tooLong;
}

/** A YAML text as a tree, aliases unresolved, or what is wrong with it. */
export async function yamlTree(text: string): Promise<{ tree?: TreeNode; fault?: string }> {
  return await ask({ kind: "tree", text }) as { tree?: TreeNode; fault?: string } | undefined ?? tooLong;
}

const tooLong = { fault: "It takes too long to read, or is nested too deeply." };

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

type Asked = { kind: "code"; text: string; language: string } | YamlTask;

/** One text at a time; undefined for one that takes too long, and where too many wait. */
async function ask(task: Asked): Promise<unknown> {
  if (waiting >= mostWaiting) return undefined;
  waiting++;
  const turn = last.then(() => answerTo(task)).catch(() => undefined);
  last = turn;
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

let count = 0;

async function answerTo(task: Asked): Promise<unknown> {
  const fresh = worker === undefined;
  const reader = worker ??= open();
  const id = ++count;
  const answered = Promise.withResolvers<unknown>();
  const onMessage = (message: { id: number; answer?: unknown }) =>
    message.id === id && answered.resolve(message.answer);
  const onEnd = () => {
    if (worker === reader) worker = undefined;
    answered.resolve(undefined);
  };
  const timer = setTimeout(() => {
    if (worker === reader) worker = undefined;
    reader.terminate();
    answered.resolve(undefined);
  }, fresh ? longestStart : longest);
  reader.on("message", onMessage).on("error", onEnd).on("exit", onEnd);
  try {
    reader.postMessage({ ...task, id });
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    reader.off("message", onMessage).off("error", onEnd).off("exit", onEnd);
  }
}

/** It keeps no process alive, and its memory has an end. */
function open(): Worker {
  const opened = new Worker(new URL("./text_worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
  });
  opened.unref();
  return opened;
}
