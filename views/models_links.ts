import type { ModelKind, ModelsQuery } from "../wire/pages_models.ts";
import { href, path, type Query } from "./links.ts";

/** What the address of the models says, without what is usual. Pages begin anew. */
export const modelsQuery = ({ filter, kind, order_by }: ModelsQuery): Query => ({
  filter,
  kind: kind === "models" ? undefined : kind,
  order_by: order_by === "updated" ? undefined : order_by,
});

/** The address of the same list with some choices changed. */
export const modelsHref = (view: ModelsQuery, changes: Query = {}): string =>
  href(path`/models`, { ...modelsQuery(view), ...changes });

export const nouns: Record<ModelKind, string> = { models: "model", prompts: "prompt" };
