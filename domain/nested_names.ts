/** Names such as `model.encoder.dropout` read as a tree. */

/** A line of the tree: a branch that several names share, or a leaf that is one of the names. */
export interface NestedName {
  kind: "branch" | "leaf";
  /** What the line says: the part of the name that the branches above do not. */
  label: string;
  /** The whole name of a leaf; what a branch's names begin with. */
  name: string;
  /** Branches above. */
  depth: number;
}

interface Branch {
  leaf: boolean;
  parts: Map<string, Branch>;
}

/** Cuts after `.`, `/` and `__` (scikit-learn's), keeping the cut with the part before it: `a.b` → `a.`, `b`. */
const partsOf = (name: string): string[] => name.match(/.+?(?:__|[./])(?=.)|.+$/gsu) ?? [name];

function treeOf(names: Iterable<string>): Branch {
  const root: Branch = { leaf: false, parts: new Map() };
  for (const name of names) {
    let at = root;
    for (const part of partsOf(name)) {
      const next = at.parts.get(part) ?? { leaf: false, parts: new Map() };
      at.parts.set(part, next);
      at = next;
    }
    at.leaf = true;
  }
  return root;
}

/** Walks on while there is only one way to go, so that a branch always holds two or more names. */
function throughSingles(label: string, node: Branch): [string, Branch] {
  const [only, ...others] = node.parts;
  return only !== undefined && others.length === 0 && !node.leaf
    ? throughSingles(label + only[0], only[1])
    : [label, node];
}

function* linesOf(node: Branch, above: string, depth: number): Generator<NestedName> {
  for (const [part, child] of node.parts) {
    const [label, end] = throughSingles(part, child);
    const name = above + label;
    if (end.leaf) yield { kind: "leaf", label, name, depth };
    if (end.parts.size === 0) continue;
    yield { kind: "branch", label, name, depth };
    yield* linesOf(end, name, depth + 1);
  }
}

/** The names in their order, those with a shared beginning brought together under it. Each name is one leaf, once. */
export const nestNames = (names: Iterable<string>): NestedName[] => [...linesOf(treeOf(names), "", 0)];
