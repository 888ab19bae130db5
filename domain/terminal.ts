/**
 * What a terminal shows of a line: colours, and what carriage returns and backspaces draw over. All other control sequences (ECMA-48)
 * are dropped, those that move up or down, set titles or ask questions among them.
 */

/**
 * Text in one look. `look` is a list of words: `b`, `i`, `u`, `s`, `dim`; `f3` and `g3` for ink and ground of the 16 colours that a page
 * chooses, `f#87d7ff` and `g#87d7ff` for any other, `fbg` and `gink` where they change places; empty for the usual look.
 */
export interface Span {
  text: string;
  look: string;
}

/** The look that the text after a line has. */
export interface Look {
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underlined: boolean;
  struck: boolean;
  inverse: boolean;
  /** 0 to 15, or #rrggbb. */
  front: number | string | undefined;
  back: number | string | undefined;
}

export const usualLook: Look = {
  bold: false,
  dim: false,
  italic: false,
  underlined: false,
  struck: false,
  inverse: false,
  front: undefined,
  back: undefined,
};

/** Characters of a line that are shown. */
const longestShown = 4000;

/** Up to the next character that is drawn: a control sequence, an escape of another kind, an operating system command, or one control. */
const control =
  // deno-lint-ignore no-control-regex -- they are what this is about
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?|\x9b([0-?]*)[ -/]*([@-~])|[\0-\x08\x0b-\x1f\x7f-\x9f]/y;

// deno-lint-ignore no-control-regex -- as above
const anyControl = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

interface Screen {
  characters: string[];
  looks: string[];
  at: number;
}

/** What a line looks like after `before`, the look that the line before it left, and the look that it leaves itself. */
export function drawLine(text: string, before: Look = usualLook): { spans: Span[]; after: Look } {
  if (!anyControl.test(text)) return { spans: clipped([{ text, look: classesOf(before) }]), after: before };
  const screen: Screen = { characters: [], looks: [], at: 0 };
  let look = before;
  let classes = classesOf(look);
  for (let i = 0; i < text.length;) {
    control.lastIndex = i;
    const found = control.exec(text);
    if (found === null) {
      const character = String.fromCodePoint(text.codePointAt(i) ?? 0);
      screen.characters[screen.at] = character;
      screen.looks[screen.at++] = classes;
      i += character.length;
      continue;
    }
    i += found[0].length;
    const final = found[2] ?? found[4];
    const parameters = found[1] ?? found[3] ?? "";
    if (final === "m") {
      look = changedLook(look, parameters);
      classes = classesOf(look);
    } else moved(screen, final ?? found[0], parameters);
  }
  return { spans: clipped(spansOf(screen)), after: look };
}

/** The text of a line as a terminal shows it. */
export function plainLine(text: string): string {
  if (!anyControl.test(text)) return text;
  return drawLine(text).spans.map((span) => span.text).join("");
}

const widest = 10_000;

/** Carriage return, backspace, and what moves or erases within the line. */
function moved(screen: Screen, final: string, parameters: string): void {
  const [first = ""] = parameters.split(";");
  const by = Math.min(widest, Math.max(1, Number(first) || 1));
  if (final === "\r") screen.at = 0;
  else if (final === "\b" || final === "D") screen.at = Math.max(0, screen.at - (final === "D" ? by : 1));
  else if (final === "C") screen.at = Math.min(widest, screen.at + by);
  else if (final === "G") screen.at = by - 1;
  else if (final === "K") erase(screen, first);
}

function erase(screen: Screen, part: string): void {
  if (part === "" || part === "0") {
    screen.characters.length = Math.min(screen.characters.length, screen.at);
    screen.looks.length = screen.characters.length;
  } else {
    const end = part === "1" ? Math.min(screen.at + 1, screen.characters.length) : screen.characters.length;
    screen.characters.fill(" ", 0, end);
    screen.looks.fill("", 0, end);
  }
}

function spansOf({ characters, looks }: Screen): Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < characters.length; i++) {
    const text = characters[i] ?? " ";
    const look = looks[i] ?? "";
    const last = spans.at(-1);
    if (last?.look === look) last.text += text;
    else spans.push({ text, look });
  }
  const last = spans.at(-1);
  if (last?.look === "") last.text = last.text.trimEnd();
  return spans.filter(({ text }) => text !== "");
}

function clipped(spans: Span[]): Span[] {
  let room = longestShown;
  const all = spans.reduce((sum, { text }) => sum + text.length, 0);
  if (all <= room) return spans;
  const kept = spans.flatMap(({ text, look }) => {
    const part = text.slice(0, Math.max(0, room));
    room -= text.length;
    return part === "" ? [] : [{ text: part.toWellFormed(), look }];
  });
  return [...kept, { text: ` … ${all - longestShown} more characters`, look: "dim" }];
}

/** Select Graphic Rendition. */
function changedLook(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => code === "" ? 0 : Number(code));
  let now = look;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const direct = codes[i + 1] === 2;
      const color = direct ? hex(codes.slice(i + 2, i + 5)) : colorOf(codes[i + 2] ?? -1);
      i += direct ? 4 : 2;
      if (color !== undefined) now = code === 38 ? { ...now, front: color } : { ...now, back: color };
    } else now = changedBy(now, code);
  }
  return now;
}

const cubeSteps = [0, 95, 135, 175, 215, 255];

/** Of the 256 colours: 16 of the page's, a cube of 6 × 6 × 6, and 24 greys. */
function colorOf(number: number): number | string | undefined {
  if (!Number.isInteger(number) || number < 0 || number > 255) return undefined;
  if (number < 16) return number;
  if (number >= 232) return hex(Array(3).fill(8 + 10 * (number - 232)));
  const at = number - 16;
  return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => cubeSteps[step] ?? 0));
}

function hex(rgb: readonly number[]): string | undefined {
  if (rgb.length !== 3 || !rgb.every((part) => part >= 0 && part <= 255)) return undefined;
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function changedBy(look: Look, code: number): Look {
  if (code >= 30 && code <= 37) return { ...look, front: code - 30 };
  if (code >= 40 && code <= 47) return { ...look, back: code - 40 };
  if (code >= 90 && code <= 97) return { ...look, front: code - 90 + 8 };
  if (code >= 100 && code <= 107) return { ...look, back: code - 100 + 8 };
  return { ...look, ...(code === 0 ? usualLook : switches[code]) };
}

const switches: Readonly<Record<number, Partial<Look>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underlined: true },
  7: { inverse: true },
  9: { struck: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underlined: false },
  27: { inverse: false },
  29: { struck: false },
  39: { front: undefined },
  49: { back: undefined },
};

function classesOf({ bold, dim, italic, underlined, struck, inverse, front, back }: Look): string {
  const [ink, ground] = inverse ? [back ?? "bg", front ?? "ink"] : [front, back];
  const names = [
    bold && "b",
    dim && "dim",
    italic && "i",
    underlined && "u",
    struck && "s",
    ink !== undefined && `f${ink}`,
    ground !== undefined && `g${ground}`,
  ];
  return names.filter((name) => name !== false).join(" ");
}
