import { type TextRow, textRow } from "./compare.ts";
import { treeText } from "./diff_tree.ts";
import { jsonTree } from "./json_tree.ts";
import { pythonTree } from "./python_tree.ts";
import { isGroup, type TreeNode } from "./tree.ts";

/** Values that one param is opened into. */
const mostLeaves = 500;
/** Lists of so many texts and numbers stay one value. */
const longestList = 12;

/**
 * The rows of params; those whose values are whole dicts, as JSON or as Python writes them, as a row for each value in them, named
 * `config.optimizer.lr`. A row stays as it is where a run has another kind of value under its name.
 */
export function openedParams(rows: readonly TextRow[], baseline: number): TextRow[] {
  const taken = new Set(rows.map(({ key }) => key));
  return rows.flatMap((row) => {
    const opened = leavesOf(row);
    if (opened === undefined || [...opened.keys()].some((key) => taken.has(key))) return [row];
    return [...opened].map(([key, values]) => textRow(key, values, baseline));
  });
}

/** The values of each run by name; undefined where they are not all maps, or where there are too many. */
function leavesOf({ key, cells }: TextRow): Map<string, (string | undefined)[]> | undefined {
  if (!cells.every(({ value }) => value === undefined || /^\s*\{[^]*\}\s*$/.test(value))) return undefined;
  const leaves = new Map<string, (string | undefined)[]>();
  for (const [i, { value }] of cells.entries()) {
    if (value === undefined) continue;
    const tree = jsonTree(value) ?? pythonTree(value);
    if (tree?.kind !== "map") return undefined;
    for (const [name, text] of flattened(tree, key)) {
      const values = leaves.get(name) ?? Array.from<string | undefined>({ length: cells.length });
      values[i] = text;
      leaves.set(name, values);
    }
    if (leaves.size > mostLeaves) return undefined;
  }
  return leaves;
}

function* flattened(node: TreeNode, name: string): Generator<[string, string]> {
  if (!isGroup(node)) yield [name, node.text];
  else if (node.entries.length === 0 || isShortList(node)) yield [name, treeText(node, 2_000)];
  else {
    for (const [i, { key = String(i), node: inner }] of node.entries.entries()) {
      yield* flattened(inner, `${name}.${key}`);
    }
  }
}

const isShortList = (node: TreeNode): boolean =>
  node.kind === "list" && node.entries.length <= longestList &&
  node.entries.every(({ node: inner }) => !isGroup(inner));
