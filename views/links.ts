/**
 * Every URL that the pages print comes from here, so that Weir works below a sub-path of a proxy and that a name with a
 * slash, a quote or a `?` in it can never become another address.
 */

/** A path whose parameters are already encoded: made by `path`, spent by `href`. */
export interface Path {
  readonly encoded: string;
}

export type QueryValue = string | number | boolean | undefined | readonly string[];
export type Query = Readonly<Record<string, QueryValue>>;

let base = "";
let address: string | undefined;
let version = "dev";

/**
 * Says once, at the start, how the program is reached ("https://ml.example.com/weir"), where that is known, and which version of the
 * static files is served (a hash over all of them: browser modules import each other by relative address, so they share one folder).
 */
export function setLinks(links: { publicUrl?: string | undefined; version: string }): void {
  address = links.publicUrl;
  base = address === undefined ? "" : new URL(address).pathname.replace(/\/+$/, "");
  version = links.version;
}

/** How this server is reached, for lines to paste: `http://localhost:5000`, unless it was told. `origin` is a request's. */
export const serverAddress = (origin: string): string => address ?? origin;

/** Tags a template such as `/runs/${run_id}`: encodes every parameter; a slash in a parameter does not divide the path. */
export function path(strings: TemplateStringsArray, ...parameters: readonly (string | number)[]): Path {
  const parts = strings.map((text, i) => {
    const parameter = parameters[i];
    return parameter === undefined ? text : text + encodeURIComponent(parameter);
  });
  return { encoded: parts.join("") };
}

/** A query string without its "?". Fields that are undefined, empty or false are left out; a list repeats its field. */
export function queryText(query: Query): string {
  return String(new URLSearchParams(queryPairs(query)));
}

/** The same as pairs, for the hidden fields of a form. */
export function queryPairs(query: Query): [field: string, value: string][] {
  return Object.entries(query).flatMap(([field, value]) =>
    (typeof value === "object" ? value : [value])
      .filter((one) => one !== undefined && one !== "" && one !== false)
      .map((one): [string, string] => [field, String(one)])
  );
}

/** The address of a page. */
export function href(to: Path, query: Query = {}): string {
  const text = queryText(query);
  return base + to.encoded + (text === "" ? "" : `?${text}`);
}

/** The address of a file of `static/`, for ever cacheable. */
export function asset(name: string): string {
  return `${base}/static/${encodeURIComponent(version)}/${name.split("/").map(encodeURIComponent).join("/")}`;
}
