import { type Child, createContext, useContext } from "hono/jsx";
import { raw } from "hono/html";
import { Icon, Logo } from "./icons.tsx";
import { JumpBox } from "./jump_box.tsx";
import { asset, href, path } from "./links.ts";

/**
 * htmx under our Content-Security-Policy: no style of its own, requests to this origin alone. An answer that is no page of ours (all
 * errors but 400, which a page says itself) must not replace a part of one.
 */
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  mode: "same-origin",
  defaultTimeout: 30_000,
  noSwap: [204, 304, 401, 403, 404, 409, 413, 414, 429, "5xx"],
});

/** What the frame of a page knows of the answer that it is: what its Content-Security-Policy calls its scripts, and the reader's theme. */
export const Frame = createContext<{ nonce: string; theme: "light" | "dark" | undefined }>({
  nonce: "",
  theme: undefined,
});

export interface ShellProps {
  /** What the page is about, for the browser's tab; "Weir" is added. */
  title: string;
  /** Which entry of the main navigation is lit. */
  current?: (typeof pages)[number]["key"];
  /** Files of `static/` that this page needs beside `weir.js`, such as `runs.js`. */
  scripts?: readonly string[];
  /** The page takes the height of the window and scrolls inside, for tables. */
  fills?: boolean;
  /** Leaves out the way to `/jump`: the page is it. */
  bare?: boolean;
  children: Child;
}

/** The whole document around a page. */
export function Shell({ title, current, scripts = [], fills, bare, children }: ShellProps) {
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en" data-theme={useContext(Frame).theme}>
        <Head title={title} scripts={scripts} />
        <body class={fills ? "app" : undefined}>
          <a class="skip" href="#main">Skip to content</a>
          <Top current={current} bare={bare} />
          <main id="main">{children}</main>
        </body>
      </html>
    </>
  );
}

/** The main navigation. */
const pages = [
  { key: "experiments", text: "Experiments", to: path`/experiments` },
  { key: "models", text: "Models", to: path`/models` },
  { key: "projects", text: "Projects", to: path`/projects` },
  { key: "bin", text: "Bin", to: path`/bin` },
  { key: "api", text: "API", to: path`/docs/api` },
  { key: "settings", text: "Settings", to: path`/settings` },
] as const;

function Head({ title, scripts }: { title: string; scripts: readonly string[] }) {
  const { nonce } = useContext(Frame);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title} · Weir</title>
      <link rel="icon" type="image/svg+xml" href={asset("weir.svg")} />
      <link rel="stylesheet" href={asset("weir.css")} />
      <meta name="htmx-config" content={htmxConfig} />
      <script defer nonce={nonce} src={asset("vendor/htmx.js")}></script>
      <script type="module" nonce={nonce} src={asset("weir.js")}></script>
      {scripts.map((name) => <script type="module" nonce={nonce} src={asset(name)}></script>)}
    </head>
  );
}

function Top({ current, bare }: { current: ShellProps["current"]; bare: boolean | undefined }) {
  return (
    <header class="top">
      <a class="logo" href={href(path`/experiments`)} aria-label="Weir, all experiments">
        <Logo />
        <span>Weir</span>
      </a>
      <nav class="wide" aria-label="Main">
        <Pages current={current} />
      </nav>
      <details class="menu narrow">
        <summary class="btn sq ghost" aria-label="Menu">
          <Icon name="menu" />
        </summary>
        <div>
          <nav aria-label="Main">
            <Pages current={current} />
          </nav>
        </div>
      </details>
      <span class="grow" />
      {!bare && (
        <a
          class="btn jump"
          id="jump"
          href={href(path`/jump`)}
          aria-label="Jump to… Ctrl K"
          aria-keyshortcuts="Control+K"
        >
          <Icon name="search" />
          <span>Jump to…</span>
          <kbd class="needsjs">Ctrl K</kbd>
        </a>
      )}
      <button
        type="button"
        class="sq ghost needsjs"
        data-keys
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
      >
        <kbd>?</kbd>
      </button>
      {!bare && (
        <dialog class="jumps" aria-label="Jump to">
          <form method="get" action={href(path`/jump`)}>
            <JumpBox />
          </form>
          <ul class="places" id="places"></ul>
        </dialog>
      )}
    </header>
  );
}

const Pages = ({ current }: { current: ShellProps["current"] }) => (
  <>
    {pages.map(({ key, text, to }) => <a href={href(to)} aria-current={current === key ? "page" : undefined}>{text}
    </a>)}
  </>
);
