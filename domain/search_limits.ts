import type { LifecycleStage, ViewType } from "./entities.ts";
import { invalid } from "./errors.ts";

/** What a view shows. */
export const stagesOf: Record<ViewType, readonly LifecycleStage[]> = {
  ACTIVE_ONLY: ["active"],
  DELETED_ONLY: ["deleted"],
  ALL: ["active", "deleted"],
};

/** The most things that one page of a search may have. */
export const mostResults = 50_000;

/** Refuses a page size that is none, in MLflow's words. */
export function checkMaxResults(max_results: number): void {
  if (!Number.isInteger(max_results) || max_results < 1) {
    throw invalid(`Invalid value ${max_results} for parameter 'max_results' supplied. It must be a positive integer`);
  }
  if (max_results > mostResults) {
    throw invalid(
      `Invalid value ${max_results} for parameter 'max_results' supplied. It must be at most ${mostResults}`,
    );
  }
}

/** The most registered models, and the most model versions, on a page. */
export const mostRegisteredModels = 1000;
export const mostModelVersions = 200_000;

/** Refuses a page size of a registry search that is none, in MLflow's words. `least`: 0 or 1. */
export function checkRegistryMaxResults(max_results: number, least: 0 | 1, most: number): void {
  if (!Number.isInteger(max_results) || max_results < least) {
    throw invalid(`Invalid value for max_results. It must be a positive integer, but got ${max_results}`);
  }
  if (max_results > most) {
    // MLflow quotes the number: it comes in a query string.
    throw invalid(
      `Invalid value "${max_results}" for parameter 'max_results' supplied: It must be at most ${most}.`,
    );
  }
}
