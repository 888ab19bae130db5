import type { CodeLine } from "../../domain/code.ts";
import { count } from "../../domain/format.ts";
import type { Look } from "../../domain/look.ts";

/** What highlight.js calls pieces, as the few classes that have a colour. */
const classes: Readonly<Record<string, string>> = {
  "attr": "ha",
  "attribute": "ha",
  "built_in": "hb",
  "bullet": "hk",
  "code": "hs",
  "comment": "hc",
  "deletion": "hd",
  "addition": "hs",
  "doctag": "hc",
  "keyword": "hk",
  "link": "hs",
  "literal": "hn",
  "meta": "hc",
  "name": "hk",
  "number": "hn",
  "property": "ha",
  "quote": "hc",
  "regexp": "hs",
  "section": "hf",
  "selector-tag": "hk",
  "string": "hs",
  "strong": "hf",
  "subst": "",
  "symbol": "hn",
  "tag": "hc",
  "template-variable": "ha",
  "title": "hf",
  "type": "hb",
  "variable": "ha",
};

function classOf(kind: string | undefined): string | undefined {
  if (kind === undefined || !Object.hasOwn(classes, kind)) return undefined;
  return classes[kind] || undefined;
}

/** Lines of code; their words coloured where they are told apart. */
export function Lines({ lines }: { lines: readonly CodeLine[] }) {
  return (
    <>
      {lines.map((line) => (
        <span>
          {line.map(([text, kind]) => {
            const name = classOf(kind);
            return name === undefined ? text : <span class={name}>{text}</span>;
          })}
        </span>
      ))}
    </>
  );
}

export interface CodeProps {
  label: string;
  look: Extract<Look, { kind: "code" }>;
  wrap: boolean;
  /** Whether the first line is that of the file. */
  numbers: boolean;
}

/** A text as it is. The numbers of its lines are drawn by the style sheet: who copies it does not copy them. */
export function Code({ label, look: { lines, total, fault }, wrap, numbers }: CodeProps) {
  const digits = String(lines.length).length;
  return (
    <>
      {fault !== undefined && <p class="bad" role="note" dir="auto">{fault}</p>}
      <pre
        class={`file${wrap ? " wrap" : ""}${numbers ? " nums" : ""}`}
        style={numbers ? `--digits:${digits}` : undefined}
        tabindex={0}
        aria-label={label}
        dir="auto"
      ><code><Lines lines={lines} /></code></pre>
      {lines.length < total && <p class="mut">and {count(total - lines.length)} lines more</p>}
    </>
  );
}
