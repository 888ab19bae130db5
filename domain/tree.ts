/** JSON and YAML as a tree that a page can fold. Numbers and words stand as they are written: nothing is rounded. */

export type TreeNode = TreeGroup | TreeLeaf;

export interface TreeGroup {
  kind: "map" | "list";
  entries: TreeEntry[];
  /** Entries that there are beyond those in `entries`. */
  more?: number;
  /** The text ended within it. */
  cut?: boolean;
  /** What stands before it, such as a YAML tag or anchor. */
  note?: string;
}

export interface TreeLeaf {
  /** A text without its quotes; a number, `true`, `null`, `NaN` or an alias as it is written. */
  kind: "text" | "word";
  text: string;
  note?: string;
}

export interface TreeEntry {
  /** Of a map. */
  key?: string;
  node: TreeNode;
}

/** Deeper ones are no trees that a person reads, and would take the stack. */
export const deepest = 100;

/** Entries of one group, and nodes in all, that a page carries. */
const mostEntries = 100;
const mostNodes = 2_000;

export const isGroup = (node: TreeNode): node is TreeGroup => node.kind === "map" || node.kind === "list";

/** The tree without what is too much for a page; `more` says how many entries each group has beyond. */
export function shortened(node: TreeNode, left = { nodes: mostNodes }): TreeNode {
  left.nodes--;
  if (!isGroup(node)) return node;
  const kept: TreeEntry[] = [];
  for (const { node: inner, ...entry } of node.entries) {
    if (kept.length === mostEntries || left.nodes <= 0) break;
    kept.push({ ...entry, node: shortened(inner, left) });
  }
  const more = node.entries.length - kept.length + (node.more ?? 0);
  return { ...node, entries: kept, ...(more > 0 && { more }) };
}

/** Only what leads to a key or a value that holds the words, whatever their case; undefined where nothing does. */
export function found(node: TreeNode, words: string): { node: TreeNode | undefined; matches: number } {
  const sought = words.toLowerCase();
  const holds = (text: string | undefined): boolean => text !== undefined && text.toLowerCase().includes(sought);
  const search = (one: TreeNode, key: string | undefined): { node: TreeNode | undefined; matches: number } => {
    const here = holds(key) ? 1 : 0;
    if (!isGroup(one)) {
      const matches = here || holds(one.text) ? 1 : 0;
      return { node: matches > 0 ? one : undefined, matches };
    }
    const inside = one.entries.map((entry) => ({ entry, ...search(entry.node, entry.key) }));
    const matches = here + inside.reduce((sum, each) => sum + each.matches, 0);
    if (here > 0 && matches === here) return { node: one, matches };
    const entries = inside.flatMap(({ entry, node }) => node ? [{ ...entry, node }] : []);
    return { node: entries.length > 0 ? { ...one, entries } : undefined, matches };
  };
  return search(node, undefined);
}
