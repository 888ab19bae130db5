import { equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { Markdown } from "../../views/markdown.tsx";

const rendered = (text: string): string => String(<Markdown text={text} />);

Deno.test("Markdown has headings below the page's own, lists, tables and code", () => {
  const html = rendered("# One\n\n- a\n- b\n\n| x | y |\n| - | - |\n| 1 | 2 |\n\n```\n<b>\n```");
  for (const part of [/<h3>One<\/h3>/, /<li>a<\/li>/, /<td>2<\/td>/, /&lt;b&gt;/]) match(html, part);
});

Deno.test("HTML in Markdown is text, and links lead to the web, mail or this server only", () => {
  const html = rendered([
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "[a](javascript:alert(1)) [b](data:text/html,x) [c](//evil.example) [d](https://ok.example) [e](/runs/1) [f](/\\evil)",
    "![picture](https://evil.example/x.png) ![p](javascript:1)",
  ].join("\n\n"));
  ok(!/<(script|img)/.test(html), html);
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to);
  equal(links.join(" "), "https://ok.example /runs/1 /%5Cevil https://evil.example/x.png");
  equal(html.match(/rel="nofollow noopener noreferrer"/g)?.length, 4);
});

Deno.test("no text makes Markdown write a tag or an attribute that it does not know", () => {
  const known =
    /^<\/?(div|h[3-6]|p|br|hr|ul|ol|li|pre|code|blockquote|table|thead|tbody|tr|th|td|em|strong|s|a)( (class|dir|href|title|rel|start|style)="[^"<>]*")* ?\/?>$/;
  const parts = [
    "<",
    ">",
    "[",
    "](",
    ")",
    "`",
    "```\n",
    "javascript:",
    "\n",
    "*",
    "_",
    '"',
    "'",
    "&",
    "x",
    "# ",
    "|",
    "- ",
    "!",
    "http://",
    "onclick=",
    " ",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (text) => {
      for (const [tag] of rendered(text.join("")).matchAll(/<[^>]*>/g)) match(tag, known);
    }),
    { numRuns: 2000 },
  );
});
