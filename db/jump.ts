import type { Sql } from "./sql.ts";

/** What a name was found for, the newest first. */
export interface NamedThings {
  experiments: { experiment_id: string; name: string }[];
  runs: { run_id: string; run_name: string; experiment_name: string }[];
  models: { name: string; prompt: boolean }[];
}

/** The newest runs are looked through for words: enough for what somebody remembers, quick in a million. */
const runsLookedAt = 20_000;

/** A few active experiments, runs and registered models whose name holds these words (in any case) or whose id begins with them. */
export async function findByName(sql: Sql, words: string, most = 8): Promise<NamedThings> {
  const start = `${words.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const within = `%${start}`;
  const [experiments, runs, models] = await Promise.all([
    sql<NamedThings["experiments"]>`
      select experiment_id::text, name from weir.experiments
      where lifecycle_stage = 'active' and (name ilike ${within} or experiment_id::text = ${words})
      order by (lower(name) = lower(${words})) desc, last_update_time desc limit ${most}`,
    sql<NamedThings["runs"]>`
      select r.run_id, r.run_name, e.name as experiment_name from (
        select * from weir.runs where run_id = ${words}
        union
        select * from (select * from weir.runs order by run desc limit ${runsLookedAt}) newest
        where lifecycle_stage = 'active' and (run_name ilike ${within} or run_id like ${start})
      ) r join weir.experiments e using (experiment_id)
      order by r.start_time desc limit ${most}`,
    sql<NamedThings["models"]>`
      select name, tags ? 'mlflow.prompt.is_prompt' as prompt from weir.registered_models
      where name ilike ${within} order by last_updated_timestamp desc limit ${most}`,
  ]);
  return { experiments: [...experiments], runs: [...runs], models: [...models] };
}
