import { promptTextTag } from "./registry.ts";
import type { KeyValue } from "./entities.ts";

/** What a version of a prompt says: a text, or messages of a conversation. */

export interface PromptMessage {
  /** "system", "user"; "" for a prompt that is one text. */
  role: string;
  text: string;
}

/** A piece of a prompt: words, or the name of a variable. */
export type PromptPart = { words: string; variable?: never } | { variable: string; words?: never };

const variable = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** The messages in the tags of a version; undefined where it has none. */
export function promptMessages(tags: readonly KeyValue[] = []): PromptMessage[] | undefined {
  const text = tags.find(({ key }) => key === promptTextTag)?.value;
  if (text === undefined) return undefined;
  return tags.some(({ key, value }) => key === "_mlflow_prompt_type" && value === "chat")
    ? chat(text) ?? [{ role: "", text }]
    : [{ role: "", text }];
}

function chat(json: string): PromptMessage[] | undefined {
  try {
    const messages: unknown = JSON.parse(json);
    if (!Array.isArray(messages)) return undefined;
    return messages.map((message: { role?: unknown; content?: unknown } | null) => ({
      role: String(message?.role ?? ""),
      text: typeof message?.content === "string" ? message.content : JSON.stringify(message?.content ?? ""),
    }));
  } catch {
    return undefined;
  }
}

/** A text in pieces: `{{ name }}` is a variable. */
export function promptParts(text: string): PromptPart[] {
  const parts: PromptPart[] = [];
  let end = 0;
  for (const found of text.matchAll(variable)) {
    if (found.index > end) parts.push({ words: text.slice(end, found.index) });
    parts.push({ variable: found[1] ?? "" });
    end = found.index + found[0].length;
  }
  return end < text.length ? [...parts, { words: text.slice(end) }] : parts;
}

/** The names of the variables, each once, in their order. */
export const promptVariables = (messages: readonly PromptMessage[]): string[] => [
  ...new Set(messages.flatMap(({ text }) => promptParts(text)).flatMap((part) => part.variable ?? [])),
];

/** A prompt as one text, for comparisons. */
export const promptText = (messages: readonly PromptMessage[]): string =>
  messages.map(({ role, text }) => role === "" ? text : `${role}:\n${text}`).join("\n\n");
