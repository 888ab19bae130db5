import { type DiffEntry, type DiffNode, treeText } from "../domain/diff_tree.ts";
import { count, counted } from "../domain/format.ts";
import type { TreeNode } from "../domain/tree.ts";

/** What two trees differ in, as rows: the way to a value, and what stands there in each. Groups that are equal are counted. */
export function TreeDiffTable({ diff, names }: { diff: DiffNode; names: readonly [string, string] }) {
  return (
    <div class="tdw" tabindex={0} role="group" aria-label="Differences by key">
      <table class="td keys">
        <caption class="sr">Differences of {names[0]} and {names[1]} by key</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col" dir="auto">{names[0]}</th>
            <th scope="col" dir="auto">{names[1]}</th>
          </tr>
        </thead>
        <tbody dir="ltr">{lines(diff, "", 0).map((line) => <Line {...line} />)}</tbody>
      </table>
    </div>
  );
}

interface TreeLine {
  label: string;
  /** The keys above it, for ears. */
  above: string;
  depth: number;
  node: DiffNode | { kind: "same"; count: number; noun: string } | { kind: "more"; count: number };
}

function lines(node: DiffNode, above: string, depth: number): TreeLine[] {
  if (node.kind === "changed") return [{ label: "", above, depth, node }];
  const noun = node.group === "map" ? "key" : "item";
  return [
    ...node.entries.flatMap((entry) => entryLines(entry, above, depth)),
    ...(node.same > 0 ? [{ label: "", above, depth, node: { kind: "same" as const, count: node.same, noun } }] : []),
    ...(node.more > 0 ? [{ label: "", above, depth, node: { kind: "more" as const, count: node.more } }] : []),
  ];
}

/** Groups with one entry, in which all is different, stand in one line with it: `optimizer.lr`. */
function entryLines({ key, node }: DiffEntry, above: string, depth: number): TreeLine[] {
  const only = node.kind === "inside" && node.same === 0 && node.more === 0 && node.entries.length === 1 &&
    node.entries[0];
  if (only) return entryLines({ key: `${key}.${only.key}`, node: only.node }, above, depth);
  const here = { label: key, above, depth, node };
  return node.kind === "changed" ? [here] : [here, ...lines(node, `${above}${key}.`, depth + 1)];
}

function Line({ label, above, depth, node }: TreeLine) {
  const inside = `--d:${depth}`;
  if (node.kind === "same" || node.kind === "more") {
    const text = node.kind === "same"
      ? counted(node.count, `equal ${node.noun}`)
      : `${count(node.count)} more that differ`;
    return (
      <tr class="fold">
        <td colspan={3} style={inside}>{text}</td>
      </tr>
    );
  }
  return (
    <tr class={node.kind === "inside" ? "branch" : undefined}>
      <th scope="row" style={inside}>
        <span class="sr">{above}</span>
        <bdi>{label === "" ? "all of it" : label}</bdi>
      </th>
      {node.kind === "inside" ? <td colspan={2}></td> : (
        <>
          <Value node={node.base} kind="d" />
          <Value node={node.other} kind="a" />
        </>
      )}
    </tr>
  );
}

function Value({ node, kind }: { node: TreeNode | undefined; kind: "a" | "d" }) {
  if (!node) return <td class="none">not there</td>;
  return (
    <td class={kind} dir="auto">
      {"note" in node && node.note !== undefined ? `${node.note} ` : ""}
      {node.kind === "text" ? node.text.slice(0, 500) : treeText(node, 500)}
      {node.kind === "text" && node.text.length > 500 && "…"}
    </td>
  );
}
