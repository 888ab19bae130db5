import { type PreviewKind, previewKind } from "./preview.ts";

/** What a page makes of a file. `text` is code too; `none` is looked into to tell text from bytes. */
export type FileKind = PreviewKind | "audio" | "html" | "markdown" | "model" | "notebook" | "pdf" | "video" | "yaml";

const kinds: Readonly<Record<string, FileKind>> = {
  aac: "audio",
  flac: "audio",
  m4a: "audio",
  mp3: "audio",
  oga: "audio",
  ogg: "audio",
  opus: "audio",
  wav: "audio",
  htm: "html",
  html: "html",
  ipynb: "notebook",
  jsonl: "json",
  markdown: "markdown",
  md: "markdown",
  m4v: "video",
  mlmodel: "model",
  mov: "video",
  mp4: "video",
  ndjson: "json",
  ogv: "video",
  pdf: "pdf",
  webm: "video",
  yaml: "yaml",
  yml: "yaml",
  mlproject: "yaml",
};

/** `model/MLmodel` → mlmodel, `a.tar.gz` → gz, `.env` → env. */
export const extensionOf = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf(".")) + 1).toLowerCase();

/** What a page makes of a file by its path, and its size in bytes where that is known. Empty files are empty texts. */
export function fileKind(path: string, size?: number): FileKind {
  const extension = extensionOf(path);
  const kind = size !== 0 && Object.hasOwn(kinds, extension) ? kinds[extension] : undefined;
  // A file called `mp3` is no sound; one called `MLmodel` is a model.
  const named = !path.slice(path.lastIndexOf("/") + 1).includes(".");
  if (kind !== undefined && (!named || extension === "mlmodel" || extension === "mlproject")) return kind;
  return previewKind(path, size);
}

/** Kinds that a browser shows in a frame, a player or as a picture, and that are read for nothing but their size. */
export const isMedia = (kind: FileKind): boolean => ["audio", "html", "image", "pdf", "video"].includes(kind);

/** Kinds of text that look other than their source. */
export const hasSource = (kind: FileKind, path: string): boolean =>
  ["html", "json", "markdown", "model", "notebook", "table", "yaml"].includes(kind) || extensionOf(path) === "svg";

const languages: Readonly<Record<string, string>> = {
  bash: "bash",
  cfg: "ini",
  conf: "ini",
  diff: "diff",
  dockerfile: "dockerfile",
  env: "ini",
  geojson: "json",
  htm: "xml",
  html: "xml",
  ini: "ini",
  ipynb: "json",
  java: "java",
  js: "javascript",
  json: "json",
  jsonl: "json",
  jsx: "javascript",
  markdown: "markdown",
  md: "markdown",
  mjs: "javascript",
  mlmodel: "yaml",
  mlproject: "yaml",
  patch: "diff",
  properties: "ini",
  py: "python",
  pyi: "python",
  r: "r",
  scala: "java",
  sh: "bash",
  sql: "sql",
  svg: "xml",
  toml: "ini",
  ts: "typescript",
  tsx: "typescript",
  xml: "xml",
  yaml: "yaml",
  yml: "yaml",
  zsh: "bash",
};

/** The language whose words are coloured, by the name of a file; undefined for plain text. */
export function languageOf(path: string): string | undefined {
  const extension = extensionOf(path);
  return Object.hasOwn(languages, extension) ? languages[extension] : undefined;
}
