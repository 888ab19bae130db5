import type { EvaluationQuery } from "../wire/pages_evaluation.ts";
import { href, path, type Query } from "./links.ts";

/** The selector of the part of the page that its links change. */
export const evaluationPart = "#evaluation";

/** All that the address of the page says; what is usual is left out. */
export function evaluationFields({ experiment_id: _, ...view }: EvaluationQuery): Query {
  return {
    ...view,
    differ: view.differ && "1",
    from: view.from || undefined,
    view: view.view === "active" ? undefined : view.view,
  };
}

/** This page with something changed. */
export const evaluationHref = (view: EvaluationQuery, change: Partial<EvaluationQuery> = {}): string =>
  href(path`/experiments/${view.experiment_id}/evaluation`, evaluationFields({ ...view, ...change }));
