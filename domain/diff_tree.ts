import { isGroup, type TreeGroup, type TreeLeaf, type TreeNode } from "./tree.ts";

/** What two trees of JSON or YAML differ in. */

/** A place in both trees. */
export interface DiffEntry {
  /** A key of a map, or the number of an item from 0. */
  key: string;
  node: DiffNode;
}

export type DiffNode =
  /** What stands there in one tree and in the other; undefined where nothing does. Never equal. */
  | { kind: "changed"; base: TreeNode | undefined; other: TreeNode | undefined }
  /** A map or a list in both. `same` counts the entries that are equal. */
  | { kind: "inside"; group: TreeGroup["kind"]; entries: DiffEntry[]; same: number; more: number };

/** Differences that a page carries. */
const mostChanges = 1_000;

/** Undefined where nothing differs. Keys in the order of the first tree, then those that only the second has. */
export function treeDiff(base: TreeNode, other: TreeNode, left = { changes: mostChanges }): DiffNode | undefined {
  if (!isGroup(base) || !isGroup(other) || base.kind !== other.kind) {
    return sameTree(base, other) ? undefined : { kind: "changed", base, other };
  }
  const [mine, theirs] = [entriesOf(base), entriesOf(other)];
  const entries: DiffEntry[] = [];
  let [same, more] = [0, 0];
  for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
    const [a, b] = [mine.get(key), theirs.get(key)];
    const node: DiffNode | undefined = a && b ? treeDiff(a, b, left) : { kind: "changed", base: a, other: b };
    if (node === undefined) same++;
    else if (left.changes <= 0) more++;
    else {
      if (node.kind === "changed") left.changes--;
      entries.push({ key, node });
    }
  }
  return entries.length === 0 && more === 0 ? undefined : { kind: "inside", group: base.kind, entries, same, more };
}

/** A key that stands twice is told apart by its turn. */
function entriesOf({ kind, entries }: TreeGroup): Map<string, TreeNode> {
  const named = new Map<string, TreeNode>();
  entries.forEach(({ key, node }, i) => {
    const name = kind === "list" ? String(i) : key ?? "";
    named.set(named.has(name) ? `${name} (${i + 1})` : name, node);
  });
  return named;
}

const sameLeaf = (a: TreeLeaf, b: TreeLeaf): boolean => a.text === b.text && a.kind === b.kind && a.note === b.note;

function sameTree(a: TreeNode, b: TreeNode): boolean {
  if (!isGroup(a) || !isGroup(b)) return !isGroup(a) && !isGroup(b) && sameLeaf(a, b);
  return a.kind === b.kind && treeDiff(a, b, { changes: 1 }) === undefined;
}

/** How many places differ. */
export function countChanges(node: DiffNode | undefined): number {
  if (node === undefined) return 0;
  return node.kind === "changed"
    ? 1
    : node.more + node.entries.reduce((sum, entry) => sum + countChanges(entry.node), 0);
}

/** A tree in one line: `{"a": 1, "b": [1, 2]}`, cut after so many characters. */
export function treeText(node: TreeNode, most = 200): string {
  const text = written(node, { left: most });
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function written(node: TreeNode, room: { left: number }): string {
  if (!isGroup(node)) {
    const text = node.kind === "text" ? JSON.stringify(node.text) : node.text;
    room.left -= text.length;
    return text;
  }
  const parts: string[] = [];
  for (const { key, node: inner } of node.entries) {
    if (room.left <= 0) break;
    const name = key === undefined ? "" : `${key}: `;
    room.left -= name.length + 2;
    parts.push(name + written(inner, room));
  }
  const cut = parts.length < node.entries.length ? ", …" : "";
  return node.kind === "map" ? `{${parts.join(", ")}${cut}}` : `[${parts.join(", ")}${cut}]`;
}
