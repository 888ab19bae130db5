import type { Child } from "hono/jsx";
import type { KeyValue } from "../domain/entities.ts";
import { compareNames } from "../domain/metric_names.ts";
import { Icon } from "./icons.tsx";
import { href, type Path } from "./links.ts";
import { Panel } from "./parts.tsx";

interface Pair {
  key: string;
  /** How the key stands there, where it is more than text. */
  mark?: Child;
  value: Child;
  /** The whole value, where it may be cut off. */
  title?: string;
}

export interface PairsPanelProps {
  /** "Tags", and what one of them is called. */
  title: string;
  noun: string;
  pairs: readonly Pair[];
  /** Where a form leads that sets one; what is below it at `delete` removes one. */
  at: Path;
  /** The field that names one. */
  field: string;
  /** Sent along with every change. */
  who?: string | undefined;
  /** The fields that set one, above a button; left out where nothing may be changed. */
  children?: Child;
}

/** Names and what they stand for: each can be removed, and one be set, which takes the place of an old one with its name. */
export function PairsPanel({ title, noun, pairs, at, field, who, children }: PairsPanelProps) {
  const by = who !== undefined && <input type="hidden" name="who" value={who} />;
  return (
    <Panel title={title} note={pairs.length > 0 ? String(pairs.length) : undefined} class="tags">
      {pairs.length === 0 && children === undefined && <p class="none mut">No {title.toLowerCase()}.</p>}
      {pairs.length > 0 && (
        <form method="post" action={href({ encoded: `${at.encoded}/delete` })}>
          {by}
          <table>
            <caption class="sr">{title}</caption>
            <tbody>
              {pairs.map(({ key, mark, value, title }) => (
                <tr>
                  <th scope="row" title={key} dir="auto">{mark ?? key}</th>
                  <td title={title} dir="auto">{value}</td>
                  {children !== undefined && (
                    <td class="act">
                      <button
                        type="submit"
                        name={field}
                        value={key}
                        class="ghost sq"
                        aria-label={`Delete the ${noun} ${key}`}
                        title="Delete"
                      >
                        <Icon name="close" />
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </form>
      )}
      {children !== undefined && (
        <form class="new" method="post" action={href(at)}>
          {by}
          {children}
          <button type="submit">Set</button>
        </form>
      )}
    </Panel>
  );
}

export interface TagsPanelProps {
  /** Tags of people's own. */
  tags: readonly KeyValue[];
  /** The address of the form that sets one. */
  at: Path;
  who?: string | undefined;
  can_edit?: boolean;
}

/** Tags of a run, a model or a version. */
export function TagsPanel({ tags, at, who, can_edit = true }: TagsPanelProps) {
  const pairs = tags.toSorted((a, b) => compareNames(a.key, b.key))
    .map(({ key, value }) => ({ key, value, title: value }));
  return (
    <PairsPanel title="Tags" noun="tag" pairs={pairs} at={at} field="key" who={who}>
      {can_edit
        ? (
          <>
            <input
              type="text"
              name="key"
              placeholder="Tag"
              aria-label="Tag"
              required
              maxlength={250}
              autocomplete="off"
            />
            <input type="text" name="value" placeholder="Value" aria-label="Value" autocomplete="off" />
          </>
        )
        : undefined}
    </PairsPanel>
  );
}
