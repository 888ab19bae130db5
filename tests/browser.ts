/** People in front of Weir's pages: real Chromium, the app on a socket, and a test that fails on whatever a page complains about. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { needs } from "./tools.ts";
import { startWeir, type Weir } from "./weir.ts";

export const chromiumIsMissing =
  "Chromium is neither at CHROMIUM nor in a folder of PATH (chromium, chromium-browser, google-chrome).";

/** The path of Chromium; undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(Deno.build.os === "windows" ? ";" : ":");
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const paths = [
    Deno.env.get("CHROMIUM"),
    "/usr/bin/chromium",
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ].filter((path) => path !== undefined);
  const there = await Promise.all(paths.map((path) => Deno.stat(path).then(({ isFile }) => isFile, () => false)));
  return paths[there.indexOf(true)];
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error(chromiumIsMissing);
  return await chromium.launch({
    executablePath,
    // Root, as which containers run, has no sandbox; the rest keeps the browser from calling home.
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Weir on a free port of the loopback address. */
export interface ServedWeir extends Weir {
  /** Without a slash at the end. */
  url: string;
}

export async function serveWeir(): Promise<ServedWeir> {
  const weir = await startWeir();
  const ending = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: ending.signal, onListen: () => {} },
    weir.app.fetch,
  );
  return {
    ...weir,
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      ending.abort(); // a live stream would keep an orderly end waiting
      await server.finished;
      await weir[Symbol.asyncDispose]();
    },
  };
}

/** What a test in a browser has at hand. */
export interface Visit {
  /** Of all tests of a file: each has an experiment of its own. */
  weir: ServedWeir;
  experiment_id: string;
  page: Page;
  /** Opens the browser of another person. */
  open(person?: BrowserContextOptions): Promise<Page>;
  /** What the pages may complain about, because the test brings it about. */
  expected: RegExp[];
}

/** Milliseconds. A page that is late on a busy machine is no bug: no test asserts how long something takes. */
const patience = 20_000;

const chromiumPath = await findChromium();

/** Made once for the tests of a file, and gone after them. */
let scene: Promise<{ browser: Browser; weir: ServedWeir }> | undefined;

async function setScene(): Promise<{ browser: Browser; weir: ServedWeir }> {
  const [browser, weir] = await Promise.all([openBrowser(), serveWeir()]);
  return { browser, weir };
}

Deno.test.afterAll(async () => {
  const { browser, weir } = await scene ?? {};
  await browser?.close();
  await weir?.[Symbol.asyncDispose]();
});

/**
 * A test in a browser: an experiment without runs, and a person who has not opened a page yet. It fails on errors in the console (what
 * the Content-Security-Policy stops is one), on errors of scripts, and on requests to another origin.
 */
export function pageTest(name: string, act: (visit: Visit) => Promise<void>, person: BrowserContextOptions = {}): void {
  Deno.test({
    name,
    ...needs(chromiumPath, chromiumIsMissing),
    fn: async () => {
      const { browser, weir } = await (scene ??= setScene());
      await using people = new AsyncDisposableStack();
      const complaints: string[] = [];
      const expected: RegExp[] = [];
      const open = async (as: BrowserContextOptions = {}) => {
        const context = await browser.newContext({ baseURL: weir.url, ...usual, ...as });
        people.defer(() => context.close());
        context.setDefaultTimeout(patience);
        const page = await context.newPage();
        listen(page, weir.url, complaints);
        return page;
      };
      const [experiment_id, page] = await Promise.all([weir.createExperiment(), open(person)]);
      await act({ weir, experiment_id, page, open, expected });
      assert.deepEqual(complaints.filter((text) => !expected.some((pattern) => pattern.test(text))), []);
    },
  });
}

const usual: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: "en-US", timezoneId: "UTC" };

function listen(page: Page, origin: string, complaints: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${page.url()} says: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()} throws: ${error.stack ?? error.message}`));
  page.on("dialog", async (dialog) => {
    complaints.push(`${page.url()} opens a dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    const inside = url.origin === origin || url.protocol === "data:" || url.protocol === "blob:";
    if (!inside) complaints.push(`${page.url()} asks for ${url}`);
  });
}

/** Tries until it does not throw, and answers what it answers; in the end it throws as it last did. */
export async function eventually<Value>(check: () => Promise<Value>, until = Date.now() + patience): Promise<Value> {
  try {
    return await check();
  } catch (error) {
    if (Date.now() > until) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return await eventually(check, until);
  }
}
