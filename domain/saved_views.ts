/** Saved views: names for addresses of pages. */

/** The pages whose address can be given a name. All but the comparison are of one experiment. */
export const viewPages = ["runs", "charts", "models", "datasets", "evaluation", "compare"] as const;
export type ViewPage = (typeof viewPages)[number];

export interface SavedView {
  view_id: string;
  page: ViewPage;
  /** Absent for the comparison. */
  experiment_id?: string;
  /** Without "?". */
  query: string;
  name: string;
  /** As they call themselves; empty when they did not say. */
  owner: string;
  /** Seen by everybody; otherwise by one browser. */
  shared: boolean;
  /** What the bare address of the experiment leads to. */
  is_default: boolean;
}

/** Most characters of a name and of a query. */
export const viewLimits = { name: 250, query: 16_000 } as const;

/** What an address says of the moment rather than of the view: notes, pages further on, open forms. */
const passing = new Set(["done", "touched", "change", "page_token", "edit", "did", "view_id"]);

/** What says nothing: an empty field, and the usual choice of rows. */
const saysNothing = (field: string, value: string): boolean => value === "" || (field === "view" && value === "active");

/** The query of an address as a view keeps it. */
export function viewQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].filter(([field, value]) =>
    !passing.has(field) && !saysNothing(field, value)
  );
  return String(new URLSearchParams(pairs));
}

/** Whether two queries show the same, in whatever order their fields stand. Values of one field keep their order. */
export function sameQuery(one: string, other: string): boolean {
  const sorted = (query: string): string => {
    const fields = new URLSearchParams(viewQuery(query));
    fields.sort();
    return String(fields);
  };
  return sorted(one) === sorted(other);
}
