import { type Query, queryPairs } from "./links.ts";

/** The rest of a page's address inside a GET form, so that the form changes one thing and keeps the others. */
export function HiddenFields({ query }: { query: Query }) {
  return <>{queryPairs(query).map(([name, value]) => <input type="hidden" name={name} value={value} />)}</>;
}
