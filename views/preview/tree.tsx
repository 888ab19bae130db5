import { count, counted } from "../../domain/format.ts";
import type { Look } from "../../domain/look.ts";
import { isGroup, type TreeEntry, type TreeGroup, type TreeLeaf, type TreeNode } from "../../domain/tree.ts";
import { type FileLinks, filesHref } from "../file_links.ts";
import { Icon } from "../icons.tsx";
import { href } from "../links.ts";
import { swaps, ViewForm } from "../view_form.tsx";

/** Entries of a group up to which it is open at once, by how deep it lies. */
const opensUpTo = [200, 30, 12];

/** Characters of a text that the page carries. */
const mostShown = 5_000;

/** JSON or YAML that folds, and what was looked for in it. */
export function TreeLook({ look, links }: { look: Extract<Look, { kind: "tree" }>; links: FileLinks }) {
  const sought = links.view.look;
  return (
    <>
      <ViewForm
        id="look"
        class="find"
        action={href(links.page)}
        fields={{ ...links.fields, look: undefined }}
        part={links.part}
      >
        <Icon name="search" />
        <input
          type="search"
          name="look"
          value={sought}
          placeholder="Find keys and values"
          aria-label="Find keys and values"
          autocomplete="off"
          dir="auto"
        />
      </ViewForm>
      {look.matches !== undefined && (
        <p class="mut" role="status">
          {look.matches === 0 ? "Nothing holds" : `${counted(look.matches, "match", "matches")} of`}{" "}
          “<bdi>{sought}</bdi>
          ”. <a href={filesHref(links, { look: "" })} hx-boost={swaps(links.part)}>Show all</a>
        </p>
      )}
      {look.tree && (
        <div class="tree" dir="ltr">
          <Node node={look.tree} depth={0} sought={sought} />
        </div>
      )}
    </>
  );
}

function Node({ name, node, depth, sought }: { name?: string; node: TreeNode; depth: number; sought: string }) {
  const key = name === undefined ? undefined : <Key name={name} sought={sought} />;
  if (!isGroup(node)) {
    return (
      <p>
        {key}
        <Leaf leaf={node} sought={sought} />
      </p>
    );
  }
  const short = shortGroup(node);
  if (short) {
    return (
      <p>
        {key}
        <Note node={node} />
        {brackets[node.kind][0]}
        {node.entries.map(({ node: leaf }, i) => (
          <>
            {i > 0 && ", "}
            {!isGroup(leaf) && <Leaf leaf={leaf} sought={sought} />}
          </>
        ))}
        {brackets[node.kind][1]}
      </p>
    );
  }
  const open = sought !== "" || node.entries.length <= (opensUpTo[depth] ?? 0);
  return (
    <details open={open}>
      <summary>
        {key}
        <Note node={node} />
        <span class="mut">
          {brackets[node.kind][0]} {noteOf(node)} {brackets[node.kind][1]}
        </span>
      </summary>
      <Entries group={node} depth={depth} sought={sought} />
    </details>
  );
}

function Entries({ group, depth, sought }: { group: TreeGroup; depth: number; sought: string }) {
  return (
    <ul>
      {group.entries.map(({ key, node }: TreeEntry, i) => (
        <li>
          <Node name={key ?? String(i)} node={node} depth={depth + 1} sought={sought} />
        </li>
      ))}
      {group.more !== undefined && <li class="mut">and {count(group.more)} more</li>}
      {group.cut && <li class="mut">and what follows in the file</li>}
    </ul>
  );
}

const brackets = { map: ["{", "}"], list: ["[", "]"] } as const;

/** A list of few short values stands in one line, an empty group too. */
function shortGroup({ kind, entries, more, cut }: TreeGroup): boolean {
  if (more !== undefined || cut) return false;
  if (kind === "map") return entries.length === 0;
  return entries.every(({ node }) => !isGroup(node)) &&
    entries.reduce((length, { node }) => length + (isGroup(node) ? 0 : node.text.length + 4), 0) < 80;
}

function noteOf({ kind, entries, more = 0, cut }: TreeGroup): string {
  const total = entries.length + more;
  const noun = kind === "map" ? counted(total, "key") : counted(total, "item");
  return cut ? `${noun} and more` : noun;
}

function Note({ node: { note } }: { node: { note?: string } }) {
  return note === undefined ? null : <span class="hc">{note}</span>;
}

function Key({ name, sought }: { name: string; sought: string }) {
  return (
    <>
      <bdi class="ha">
        <Marked text={name} sought={sought} />
      </bdi>
      {": "}
    </>
  );
}

function Leaf({ leaf, sought }: { leaf: TreeLeaf; sought: string }) {
  const text = leaf.text.slice(0, mostShown);
  const rest = leaf.text.length - text.length;
  return (
    <>
      <Note node={leaf} />
      <span class={leaf.kind === "text" ? "hs" : "hn"}>
        {leaf.kind === "text" ? "“" : ""}
        <bdi>
          <Marked text={text} sought={sought} />
        </bdi>
        {leaf.kind === "text" ? "”" : ""}
      </span>
      {rest > 0 && <span class="mut">and {count(rest)} characters more</span>}
    </>
  );
}

/** A text with what was looked for marked. */
function Marked({ text, sought }: { text: string; sought: string }) {
  if (sought === "") return <>{text}</>;
  const lower = text.toLowerCase(), wanted = sought.toLowerCase();
  // A character whose small form has another length would shift the marks.
  if (lower.length !== text.length) return <>{text}</>;
  const parts: [string, string][] = [];
  let at = 0;
  for (let next = lower.indexOf(wanted); next >= 0; next = lower.indexOf(wanted, at)) {
    parts.push([text.slice(at, next), text.slice(next, next + wanted.length)]);
    at = next + wanted.length;
  }
  return (
    <>
      {parts.map(([before, match]) => (
        <>
          {before}
          <mark>{match}</mark>
        </>
      ))}
      {text.slice(at)}
    </>
  );
}
