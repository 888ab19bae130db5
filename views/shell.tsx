import type { Child } from "hono/jsx";
import { raw } from "hono/html";
import { Icon, Logo } from "./icons.tsx";
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

export interface ShellProps {
  /** What the page is about, for the browser's tab; "Weir" is added. */
  title: string;
  /** Which entry of the main navigation is lit. */
  current?: "experiments" | "bin" | "api";
  /** Files of `static/` that this page needs beside `weir.js`, such as `runs.js`. */
  scripts?: readonly string[];
  /** The page takes the height of the window and scrolls inside, for tables. */
  fills?: boolean;
  /** Leaves out the search for experiments in the top bar, where the page itself has one. */
  bare?: boolean;
  children: Child;
}

/** The whole document around a page. */
export function Shell({ title, current, scripts = [], fills, bare, children }: ShellProps) {
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en">
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

function Head({ title, scripts }: { title: string; scripts: readonly string[] }) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title} · Weir</title>
      <link rel="icon" type="image/svg+xml" href={asset("weir.svg")} />
      <link rel="stylesheet" href={asset("weir.css")} />
      <meta name="htmx-config" content={htmxConfig} />
      <script defer src={asset("vendor/htmx.js")}></script>
      <script type="module" src={asset("weir.js")}></script>
      {scripts.map((name) => <script type="module" src={asset(name)}></script>)}
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
      <nav aria-label="Main">
        <a href={href(path`/experiments`)} aria-current={current === "experiments" ? "page" : undefined}>Experiments</a>
        <a href={href(path`/bin`)} aria-current={current === "bin" ? "page" : undefined}>Bin</a>
        <a href={href(path`/docs/api`)} aria-current={current === "api" ? "page" : undefined}>API</a>
      </nav>
      <span class="grow" />
      {!bare && (
        <form class="find jump" role="search" aria-label="Experiments" action={href(path`/experiments`)}>
          <Icon name="search" />
          <input type="search" name="search" placeholder="Find an experiment" aria-label="Find an experiment" />
        </form>
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
    </header>
  );
}
