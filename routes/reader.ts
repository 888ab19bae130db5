import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { href, path } from "../views/links.ts";

export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** Whoever looks at a page. There are no accounts: a reader is a browser, which keeps what it is told in cookies. */
export interface Reader {
  /** What this browser is known by: random, made when first asked for. */
  id: () => string;
  /** The same; undefined where it was never asked for. */
  known: string | undefined;
  /** The name that its reader goes by; "" where none was given. At most 200 characters. */
  name: string;
  /** Undefined: as the system has it. */
  theme: Theme | undefined;
  /** Keeps a name or a theme in the browser; "" forgets it. */
  remember: (what: "name" | "theme", value: string) => void;
}

const year = 365 * 24 * 3600;
const longestName = 200;

/** The reader that a request comes from. What is to be kept goes with its answer. */
export function readerOf(context: Context): Reader {
  const keep = (what: string, value: string): void =>
    setCookie(context, `weir_${what}`, value, {
      path: href(path`/`),
      httpOnly: true,
      sameSite: "Lax",
      secure: new URL(context.req.url).protocol === "https:",
      maxAge: value === "" ? 0 : year,
    });
  const told = getCookie(context, "weir_reader") ?? "";
  const known = /^[0-9a-f-]{36}$/.test(told) ? told : undefined;
  let id = known;
  return {
    id: () => {
      if (id === undefined) keep("reader", id = crypto.randomUUID());
      return id;
    },
    known,
    name: (getCookie(context, "weir_name") ?? "").slice(0, longestName),
    theme: themes.find((theme) => theme === getCookie(context, "weir_theme")),
    remember: (what, value) => keep(what, value.slice(0, longestName)),
  };
}
