/** Code whose words are told apart: pieces of a line, with what they are ("keyword", "string", "comment") where that is known. */
export type CodePiece = readonly [text: string, kind?: string];
export type CodeLine = readonly CodePiece[];

/** Lines that a page carries. */
export const mostLines = 5_000;

/** A text as lines, each with its line end; the first of them. */
export function plainLines(text: string): { lines: CodeLine[]; total: number } {
  const lines = splitLines(text);
  return { lines: lines.slice(0, mostLines).map((line): CodeLine => [[line]]), total: lines.length };
}

/** Every line with its end; nothing after the last end. */
export const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Pieces of a whole text as lines; a piece that spans lines is cut at their ends. */
export function linesOf(pieces: readonly CodePiece[]): { lines: CodeLine[]; total: number } {
  const lines: CodePiece[][] = [[]];
  for (const [text, kind] of pieces) {
    for (const part of splitLines(text)) {
      lines.at(-1)?.push(kind === undefined ? [part] : [part, kind]);
      if (part.endsWith("\n")) lines.push([]);
    }
  }
  if (lines.at(-1)?.length === 0) lines.pop();
  return { lines: lines.slice(0, mostLines), total: lines.length };
}
