import type { ArtifactStore, StoredFile } from "../artifacts/store.ts";
import { recordedFile } from "../db/artifact_files.ts";
import { linesOf, plainLines } from "../domain/code.ts";
import { type FileKind, fileKind, isMedia, languageOf } from "../domain/file_kind.ts";
import { jsonLinesTree, jsonTree } from "../domain/json_tree.ts";
import type { Look, PreviewedFile } from "../domain/look.ts";
import { readNotebook } from "../domain/notebook.ts";
import { previewBytes, showHead } from "../domain/preview.ts";
import { headerOf, hexLines, magicOf, shownBytes } from "../domain/preview_binary.ts";
import { pixelsOf } from "../domain/preview_image.ts";
import { decodeText } from "../domain/preview_text.ts";
import { found, shortened, type TreeNode } from "../domain/tree.ts";
import { zipList } from "../domain/zip_list.ts";
import type { FilesView } from "../wire/pages_files.ts";
import { joinPaths } from "./artifact_place.ts";
import { modelOf } from "./model_cards.ts";
import { parquetLook } from "./parquet_look.ts";
import type { Services } from "./services.ts";
import { colored, yamlTree } from "./text_reader.ts";

/** A folder of a store. `home` is the store's URI, where files are known by it. */
export interface FilePlace {
  store: ArtifactStore;
  folder: string;
  home?: string;
}

/** Bytes that are read of files that mean nothing in part. */
const mostOfWhole: Partial<Record<FileKind, number>> = { model: 1_000_000, notebook: 4_000_000 };

type Mode = Pick<FilesView, "as" | "look">;

/** A file as a page shows it; undefined where there is none. Only a part is read, whatever the size. */
export async function previewed(
  { sql }: Pick<Services, "sql">,
  place: FilePlace,
  path: string,
  view: Mode,
): Promise<PreviewedFile | undefined> {
  const { store } = place;
  const at = joinPaths(place.folder, path);
  const most = mostOfWhole[fileKind(path)] ?? previewBytes;
  const stored = await store.get(at, { start: 0, end: most - 1 });
  if (!stored) return undefined;
  const kind = fileKind(path, stored.total);
  const [shown, recorded] = await Promise.all([
    shownAs(place, path, kind, stored, view),
    place.home === undefined ? undefined : recordedFile(sql, place.home + at),
  ]);
  return {
    path,
    kind,
    size: stored.total,
    modified: stored.last_modified.getTime(),
    ...(recorded?.size === stored.total && { checksum: recorded.checksum }),
    ...shown,
  };
}

type Shown = Pick<PreviewedFile, "look" | "encoding" | "read">;

async function shownAs(place: FilePlace, path: string, kind: FileKind, stored: StoredFile, view: Mode): Promise<Shown> {
  const at = joinPaths(place.folder, path);
  if (kind === "parquet" && view.as === "") {
    await stored.stream.cancel();
    return { look: await parquetLook(place.store, at, stored) };
  }
  if (isMedia(kind) && kind !== "image" && view.as === "") {
    await stored.stream.cancel();
    return { look: { kind: "media" } };
  }
  const bytes = await new Response(stored.stream).bytes();
  if (view.as === "hex") return { look: bytesLook(bytes) };
  if (kind === "image" && view.as === "") {
    const pixels = pixelsOf(bytes);
    return { look: { kind: "media", ...(pixels && { pixels }) } };
  }
  if (view.as === "end" && stored.total > previewBytes) return await endOf(place.store, at, path, stored.total);
  return await textShown(place, path, kind, bytes, stored.total, view);
}

function bytesLook(bytes: Uint8Array): Look {
  const type = magicOf(bytes), header = headerOf(bytes);
  return {
    kind: "bytes",
    lines: hexLines(bytes.subarray(0, shownBytes)),
    ...(type !== undefined && { type }),
    ...(header !== undefined && { header }),
  };
}

/** Bytes, and of an archive the names of what is in it. */
async function binaryLook(store: ArtifactStore, at: string, bytes: Uint8Array, total: number): Promise<Look> {
  const look = bytesLook(bytes);
  if (look.kind !== "bytes" || !look.type?.startsWith("ZIP")) return look;
  const stored = await store.get(at, { start: Math.max(0, total - previewBytes) });
  const zip = stored && zipList(await new Response(stored.stream).bytes(), stored.total);
  return zip ? { ...look, zip } : look;
}

/** The last lines, without the character and the line that the beginning cuts in two. */
async function endOf(store: ArtifactStore, at: string, path: string, total: number): Promise<Shown> {
  const stored = await store.get(at, { start: total - previewBytes });
  const bytes = await new Response(stored?.stream).bytes();
  const start = bytes.findIndex((byte) => byte < 0x80 || byte >= 0xc0);
  const decoded = decodeText(bytes.subarray(Math.max(0, start)), false);
  if (!decoded) return { look: bytesLook(bytes) };
  const text = decoded.text.slice(decoded.text.indexOf("\n") + 1);
  return { look: await codeLook(path, text), read: { bytes: bytes.length, end: true } };
}

async function codeLook(path: string, text: string, fault?: string): Promise<Look> {
  const language = languageOf(path);
  const pieces = language === undefined ? undefined : await colored(text, language);
  return { kind: "code", ...(pieces ? linesOf(pieces) : plainLines(text)), ...(fault !== undefined && { fault }) };
}

async function textShown(
  place: FilePlace,
  path: string,
  kind: FileKind,
  bytes: Uint8Array,
  total: number,
  view: Mode,
): Promise<Shown> {
  const cut = bytes.length < total;
  const decoded = decodeText(bytes, cut);
  if (!decoded) return { look: await binaryLook(place.store, joinPaths(place.folder, path), bytes, total) };
  const { text, encoding } = decoded;
  const look = view.as === "" ? await kindShown(place, path, kind, text, cut, view.look) : undefined;
  // Of what could not be read whole, as much as of any other text.
  const head = text.slice(0, previewBytes);
  return {
    look: look ?? await codeLook(path, head, cut && view.as === "" ? tooLarge(kind, bytes.length) : undefined),
    ...(encoding !== undefined && { encoding }),
    ...((cut || (!look && head.length < text.length)) && { read: { bytes: Math.min(bytes.length, previewBytes) } }),
  };
}

const tooLarge = (kind: FileKind, read: number): string | undefined =>
  kind in mostOfWhole ? `It is larger than the ${read / 1e6} MB that are read to show it as what it is.` : undefined;

/** The file as what its name says; undefined where its text is shown. */
async function kindShown(
  place: FilePlace,
  path: string,
  kind: FileKind,
  text: string,
  cut: boolean,
  look: string,
): Promise<Look | undefined> {
  switch (kind) {
    case "table": {
      const shown = showHead("table", path, text, cut);
      return shown.kind === "table" ? shown : undefined;
    }
    case "json":
      return await jsonShown(path, text, cut, look);
    case "yaml": {
      if (cut) return undefined;
      const { tree, fault } = await yamlTree(text);
      if (tree) return treeLook(tree, look);
      return await codeLook(path, text, /multiple documents/.test(fault ?? "") ? undefined : fault);
    }
    case "markdown":
      return { kind: "markdown", text };
    case "notebook":
      return cut ? undefined : await notebookShown(text);
    case "model":
      return cut ? undefined : { kind: "model", model: await modelOf(place, folderOf(path), text) };
    default:
      return undefined;
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

async function jsonShown(path: string, text: string, cut: boolean, look: string): Promise<Look | undefined> {
  const table = showHead("json", path, text, cut);
  if (table.kind === "table") return table;
  const tree = jsonTree(text, cut) ?? (/\.(jsonl|ndjson)$/i.test(path) ? jsonLinesTree(text, cut) : undefined);
  if (tree) return treeLook(tree, look);
  return cut ? undefined : await codeLook(path, text, "This is not JSON, or is nested too deeply.");
}

function treeLook(tree: TreeNode, look: string): Look {
  if (look === "") return { kind: "tree", tree: shortened(tree) };
  const { node, matches } = found(tree, look);
  return { kind: "tree", tree: node && shortened(node), matches };
}

/** Milliseconds after which further cells of a notebook are left plain. */
const longestColoring = 2_000;

async function notebookShown(text: string): Promise<Look | undefined> {
  const notebook = readNotebook(parsed(text));
  if (!notebook) return undefined;
  const code = [];
  const until = performance.now() + longestColoring;
  for (const { kind, source } of notebook.cells) {
    const soon = performance.now() < until;
    const pieces = kind === "code" && soon ? await colored(source, notebook.language) : undefined;
    code.push(pieces ? linesOf(pieces).lines : plainLines(source).lines);
  }
  return { kind: "notebook", notebook, code };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // its text is shown
  }
}
