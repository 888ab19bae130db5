/** A line of the tree that names such as `vision/imagenet/vit` make: an experiment, or a part of names that is none itself. */
export interface TreeLine<Item> {
  /** The part of the name that the lines above do not say. */
  label: string;
  /** The whole name, or the beginning that the names below it share. */
  name: string;
  depth: number;
  item?: Item;
}

/**
 * Lines in the order of the items, each below what its name shares with the lines before it. Names come sorted, so that every
 * branch is one block; a branch that is no item itself gets a line where at least two items share it.
 */
export function treeLines<Item>(items: readonly Item[], nameOf: (item: Item) => string): TreeLine<Item>[] {
  const split = items.map((item) => nameOf(item).split("/"));
  const shared = new Map<string, number>();
  for (const parts of split) {
    for (let i = 1; i <= parts.length; i++) {
      const branch = parts.slice(0, i).join("/");
      shared.set(branch, (shared.get(branch) ?? 0) + 1);
    }
  }
  const lines: TreeLine<Item>[] = [];
  const open: string[] = []; // the branches that the line to come may stand below
  items.forEach((item, i) => {
    const name = nameOf(item);
    while (open.length > 0 && !name.startsWith(`${open.at(-1)}/`)) open.pop();
    const parts = split[i] ?? [];
    for (let length = 1; length < parts.length; length++) {
      const branch = parts.slice(0, length).join("/");
      if ((shared.get(branch) ?? 0) < 2 || branch.length <= (open.at(-1)?.length ?? -1)) continue;
      // A branch that all of a longer one's items share says nothing of its own.
      if (shared.get(branch) === shared.get(parts.slice(0, length + 1).join("/")) && length + 1 < parts.length) {
        continue;
      }
      lines.push({ label: labelBelow(open, branch), name: branch, depth: open.length });
      open.push(branch);
    }
    lines.push({ label: labelBelow(open, name), name, depth: open.length, item });
    open.push(name);
  });
  return lines;
}

/** A line of a tree that can be folded. */
export interface FoldedLine<Item> extends TreeLine<Item> {
  /** The items that stand below it, at any depth. */
  below: Item[];
  /** Whether they are shown. */
  open: boolean;
}

/** The lines of a tree without those below a name of `closed`. */
export function foldLines<Item>(
  lines: readonly TreeLine<Item>[],
  closed: ReadonlySet<string>,
): FoldedLine<Item>[] {
  const folded: FoldedLine<Item>[] = [];
  const above: FoldedLine<Item>[] = [];
  for (const line of lines) {
    above.length = Math.min(above.length, line.depth);
    const one = { ...line, below: [], open: !closed.has(line.name) };
    if (line.item !== undefined) { for (const { below } of above) below.push(line.item); }
    if (above.every(({ open }) => open)) folded.push(one);
    above.push(one);
  }
  return folded;
}

function labelBelow(open: readonly string[], name: string): string {
  const above = open.at(-1);
  return above === undefined ? name : name.slice(above.length + 1);
}
