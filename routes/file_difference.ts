import type { ArtifactPlace } from "../artifacts/stores.ts";
import { type ComparedFile, type ComparedSide, type FileDifference, type FileState } from "../domain/compared_files.ts";
import type { DiffMode } from "../domain/diff.ts";
import { lineDiff } from "../domain/diff_lines.ts";
import { treeDiff } from "../domain/diff_tree.ts";
import { type FileKind, fileKind } from "../domain/file_kind.ts";
import { bytes as sizeText } from "../domain/format.ts";
import { jsonLinesTree, jsonTree } from "../domain/json_tree.ts";
import { pixelsOf } from "../domain/preview_image.ts";
import { decodeText } from "../domain/preview_text.ts";
import type { TreeNode } from "../domain/tree.ts";
import { pathIn, type Places } from "./compared_files.ts";
import { previewed } from "./file_looks.ts";
import { lineChanges } from "./line_changes.ts";
import type { Services } from "./services.ts";
import { yamlTree } from "./text_reader.ts";

/** Bytes of a text up to which it is compared line by line. */
const largestText = 1_000_000;
/** Bytes of an image that are read to know how large it is. */
const imageHead = 64_000;

export interface AskedDifference {
  path: string;
  as: DiffMode;
  /** Unchanged lines too. */
  whole: boolean;
}

interface Head {
  size: number;
  bytes: Uint8Array;
}

/** The files of two runs at one path. Nothing is read twice, and no more of a file than the page can show. */
export async function fileDifference(
  services: Pick<Services, "sql">,
  places: Places,
  asked: AskedDifference,
): Promise<ComparedFile | undefined> {
  const { path } = asked;
  const most = fileKind(path) === "image" ? imageHead : largestText;
  const [base, other] = await Promise.all([headOf(places.base, path, most), headOf(places.other, path, most)]);
  if (!base && !other) return undefined;
  const file_kind = fileKind(path, base?.size ?? other?.size);
  const shared = { path, file_kind, state: stateOfHeads(base, other) };
  if (file_kind === "image") {
    return { ...shared, ...sides(base, other, pixelsSide), difference: { kind: "images" } };
  }
  if (asked.as === "" && ["table", "parquet", "audio", "video"].includes(file_kind)) {
    const looks = await Promise.all([
      lookOf(services, places.base, path, base),
      lookOf(services, places.other, path, other),
    ]);
    return { ...shared, ...sides(looks[0], looks[1], (side) => side), difference: { kind: "looks" } };
  }
  return {
    ...shared,
    ...sides(base, other, plainSide),
    difference: await textDifference(file_kind, base, other, asked),
  };
}

/** By their bytes, where all of them were read. */
function stateOfHeads(base: Head | undefined, other: Head | undefined): FileState {
  if (!base || !other) return base ? "only_base" : "only_other";
  if (base.size !== other.size) return "differs";
  const whole = base.bytes.length === base.size;
  if (base.bytes.some((byte, i) => byte !== other.bytes[i])) return "differs";
  return whole ? "same" : "alike";
}

function sides<From>(base: From | undefined, other: From | undefined, to: (from: From) => ComparedSide) {
  return { ...(base !== undefined && { base: to(base) }), ...(other !== undefined && { other: to(other) }) };
}

const plainSide = ({ size }: Head): ComparedSide => ({ size });
const pixelsSide = ({ size, bytes }: Head): ComparedSide => ({ size, pixels: pixelsOf(bytes) });

async function headOf({ store, folder, home }: ArtifactPlace, path: string, most: number): Promise<Head | undefined> {
  const stored = await store.get(pathIn({ store, folder, home }, path), { start: 0, end: most - 1 });
  return stored && { size: stored.total, bytes: await new Response(stored.stream).bytes() };
}

async function lookOf(services: Pick<Services, "sql">, place: ArtifactPlace, path: string, head: Head | undefined) {
  if (!head) return undefined;
  const file = await previewed(services, place, path, { as: "", look: "" });
  return { size: head.size, look: file?.look };
}

async function textDifference(
  kind: FileKind,
  base: Head | undefined,
  other: Head | undefined,
  { as, whole }: AskedDifference,
): Promise<FileDifference> {
  const heads = [base, other].filter((head) => head !== undefined);
  const large = heads.find(({ size }) => size > largestText);
  if (large) {
    return {
      kind: "none",
      reason: `Files of more than ${sizeText(largestText)} are not compared: one has ${sizeText(large.size)}.`,
    };
  }
  const texts = [base, other].map((head) => head ? decodeText(head.bytes, false) : { text: "" });
  const [one, two] = texts;
  if (!one || !two) return { kind: "none", reason: "This is no text." };
  if (as === "" && base && other) {
    const trees = await Promise.all([treeOf(kind, one.text), treeOf(kind, two.text)]);
    if (trees[0] && trees[1]) return { kind: "tree", diff: treeDiff(trees[0], trees[1]) };
  }
  const changes = lineChanges(one.text, two.text);
  if (!changes) return { kind: "none", reason: "The texts have too little in common to be compared line by line." };
  const encoding = texts.find((text) => text?.encoding !== undefined)?.encoding;
  return { kind: "lines", diff: lineDiff(changes, whole), ...(encoding !== undefined && { encoding }) };
}

/** Whether the file's name says that it holds a tree. */
export const isTree = (kind: FileKind): boolean => kind === "json" || kind === "yaml" || kind === "model";

async function treeOf(kind: FileKind, text: string): Promise<TreeNode | undefined> {
  if (kind === "json") return jsonTree(text) ?? jsonLinesTree(text);
  return isTree(kind) ? (await yamlTree(text)).tree : undefined;
}
