import { experimentNumber } from "../domain/experiments.ts";
import type { Sql } from "./sql.ts";

/** Up to here things are counted. */
const mostCounted = 1000;

/** How many of a kind an experiment has: left out where it has none, or more than are counted. */
export interface TabCounts {
  models?: number;
  datasets?: number;
}

/** Of the logged models that are not deleted, and of the datasets that runs were given. */
export async function tabCounts(sql: Sql, experiment_id: string): Promise<TabCounts> {
  const experiment = experimentNumber(experiment_id);
  const [row] = await sql<{ models: number; datasets: number }[]>`
    select (
      select count(*)::int from (
        select from weir.logged_models where experiment_id = ${experiment} and lifecycle_stage = 'active'
        limit ${mostCounted + 1}) m) as models, (
      select count(*)::int from (
        select from weir.datasets d where experiment_id = ${experiment}
          and exists (select from weir.dataset_inputs i where i.dataset = d.dataset)
        limit ${mostCounted + 1}) d) as datasets`;
  const { models = 0, datasets = 0 } = row ?? {};
  const isTold = (count: number): boolean => count > 0 && count <= mostCounted;
  return { ...(isTold(models) && { models }), ...(isTold(datasets) && { datasets }) };
}
