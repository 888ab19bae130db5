import type { LogLine, LogStream } from "./run_log.ts";
import { drawLine, type Look, plainLine, type Span, usualLook } from "./terminal.ts";

/** The look that each stream has where a line begins. */
export type Looks = Readonly<Record<LogStream, Look>>;

export const usualLooks: Looks = { stdout: usualLook, stderr: usualLook };

/** A line with what a terminal shows of it. */
export interface DrawnLine extends LogLine {
  spans: Span[];
}

/** Draws lines one after the other, and answers the looks that they leave. */
export function drawLines(lines: readonly LogLine[], looks: Looks = usualLooks): { drawn: DrawnLine[]; looks: Looks } {
  let now = looks;
  const drawn = lines.map((line): DrawnLine => {
    const { spans, after } = drawLine(line.text, now[line.stream]);
    now = { ...now, [line.stream]: after };
    return { ...line, spans };
  });
  return { drawn, looks: now };
}

/** Whether a line, as a terminal shows it, holds a text. */
export function lineHolding(words: string, match_case: boolean): (line: LogLine) => boolean {
  if (match_case) return ({ text }) => plainLine(text).includes(words);
  const wanted = words.toLowerCase();
  return ({ text }) => plainLine(text).toLowerCase().includes(wanted);
}
