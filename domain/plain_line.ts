/** The first line of a text in Markdown that says something, without its marks: for a table's cell or a page's head. */
export function plainLine(markdown: string): string {
  for (const line of markdown.slice(0, 4000).split("\n")) {
    const plain = line
      .replace(/^[\s>#*+-]+(?=\s)|^\s*([-*_=]\s*){3,}$|^\s*(```|~~~).*$/, "")
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll(/(\*\*|__|`)(.+?)\1/g, "$2")
      .trim();
    if (plain !== "") return plain;
  }
  return "";
}
