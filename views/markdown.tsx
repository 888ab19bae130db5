import { raw } from "hono/html";
import MarkdownIt from "markdown-it";

/** What a link may lead to: the web, mail, and places of this page or server. Never `javascript:`, `data:` or `//elsewhere`. */
const lawful = /^(https?:\/\/|mailto:|#|\/(?!\/))/i;
/** Characters; the rest of a longer text is left out, for some texts take more than their length to read. */
const longest = 100_000;

const markdown = new MarkdownIt({ html: false, linkify: true });
markdown.validateLink = (url) => lawful.test(url.trim());
const { rules } = markdown.renderer;

rules.link_open = (tokens, at, options, _, renderer) => {
  tokens[at]?.attrSet("rel", "nofollow noopener noreferrer");
  return renderer.renderToken(tokens, at, options);
};

/** Nothing is fetched from elsewhere to show a page: a picture is a link to it. */
rules.image = (tokens, at) => {
  const token = tokens[at];
  const source = String(token?.attrGet("src") ?? "");
  const { escapeHtml } = markdown.utils;
  return `<a href="${escapeHtml(source)}" rel="nofollow noopener noreferrer">${
    escapeHtml(token?.content || source)
  }</a>`;
};

/** The page has its own `h1` and `h2`. */
rules.heading_open = (tokens, at) => `<h${levelOf(tokens[at]?.tag)}>`;
rules.heading_close = (tokens, at) => `</h${levelOf(tokens[at]?.tag)}>\n`;

const levelOf = (tag = "h1"): number => Math.min(6, Number(tag.slice(1)) + 2);

/** A text of a user's as Markdown (CommonMark and tables). HTML in it is shown as text, so that nothing of it can act on the page. */
export function Markdown({ text }: { text: string }) {
  return <div class="md" dir="auto">{raw(markdown.render(text.slice(0, longest)))}</div>;
}
