import type { DrawnLine } from "../domain/log_drawing.ts";
import type { Span } from "../domain/terminal.ts";

interface LogRowsProps {
  lines: readonly DrawnLine[];
  /** A line that stands out. */
  here?: number | undefined;
  /** The words to mark, as they are searched for. */
  words?: string | undefined;
  /** Where the number of a line leads; without it to itself. */
  to?: ((line: number) => string) | undefined;
  /** Of lines that have not ended, which have no number to link to. */
  open?: boolean;
}

/** Lines of a log as a terminal shows them. */
export function LogRows({ lines, ...props }: LogRowsProps) {
  return <>{lines.map((line) => <Row line={line} {...props} />)}</>;
}

function Row({ line, here, words, to, open }: Omit<LogRowsProps, "lines"> & { line: DrawnLine }) {
  const names = ["ll", line.stream === "stderr" && "se", here === line.line && "here"].filter(Boolean).join(" ");
  return (
    <div class={names} id={open ? undefined : `L${line.line}`} data-line={line.line}>
      {open ? <span class="ln">…</span> : <a class="ln" href={to?.(line.line) ?? `#L${line.line}`}>{line.line}</a>}
      <time class="lt" datetime={new Date(line.time).toISOString()} title={exact(line.time)}>{clock(line.time)}</time>
      {line.stream === "stderr" && <span class="sr">stderr</span>}
      <span class="lx">
        {line.cut && <i class="mut" title="The beginning of this line is left out; the download has it.">…</i>}
        {words === undefined || words === ""
          ? line.spans.map((span) => <Part {...span} />)
          : <Marked spans={line.spans} words={words} />}
      </span>
    </div>
  );
}

const exact = (time: number): string => `${new Date(time).toISOString().slice(0, 23).replace("T", " ")} UTC`;
const clock = (time: number): string => new Date(time).toISOString().slice(11, 19);

function Part({ text, look }: Span) {
  if (look === "") return <>{text}</>;
  const names = look.split(" ");
  const [ink, ground] = ["f#", "g#"].map((kind) => names.find((name) => name.startsWith(kind))?.slice(1));
  const style = [ink && `--f:${ink}`, ground && `--g:${ground}`].filter(Boolean).join(";");
  const classes = names.map((name) =>
    name.startsWith("g#") ? (isDark(name.slice(1)) ? "gx deep" : "gx") : name.startsWith("f#") ? "fx" : name
  ).join(" ");
  return <span class={classes} style={style || undefined}>{text}</span>;
}

/** Whether white can be read on a colour (#rrggbb) better than black: its relative luminance by WCAG 2.2. */
function isDark(color: string): boolean {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.179;
}

/** With what was found marked: it may go over several looks, so only those parts that hold it by themselves keep their look. */
function Marked({ spans, words }: { spans: readonly Span[]; words: string }) {
  const text = spans.map((span) => span.text).join("");
  const parts: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  const wanted = words.toLowerCase();
  // Some letters grow when they are made small: then the places do not fit.
  if (lower.length !== text.length) return <>{text}</>;
  let at = 0;
  for (let hit = lower.indexOf(wanted); hit >= 0; hit = lower.indexOf(wanted, at)) {
    parts.push({ text: text.slice(at, hit), hit: false }, { text: text.slice(hit, hit + wanted.length), hit: true });
    at = hit + wanted.length;
  }
  return <>{parts.map(({ text, hit }) => hit ? <mark>{text}</mark> : text)}{text.slice(at)}</>;
}
