import { Markdown } from "../markdown.tsx";

/** A Markdown file, with what stands in its head (`---`) left to the source. */
export function MarkdownFile({ text }: { text: string }) {
  const [head = ""] = /^---\r?\n[^]{0,4000}?\n---\r?\n/.exec(text) ?? [];
  return (
    <div class="paper">
      <Markdown text={text.slice(head.length)} />
    </div>
  );
}
