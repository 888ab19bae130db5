import { experimentNumber } from "../domain/experiments.ts";
import { datasetContext } from "../domain/filter/runs.ts";
import type { Sql } from "./sql.ts";

/** A dataset that runs of an experiment were given. */
export interface DatasetUse {
  /** By which pages go on. */
  number: number;
  name: string;
  digest: string;
  source_type: string;
  /** As the client wrote it: mostly JSON. */
  source: string;
  schema: string | null;
  /** Active runs. */
  runs: number;
  /** What they were given it for, with the number of active runs; "" where they did not say. */
  contexts: { context: string; runs: number }[];
  /** When the last of the runs started, ms since the epoch; null where all are deleted. */
  last_start: number | null;
}

/** Characters of a schema or a source that are sent. */
const longest = 20_000;

/** Datasets by name and digest, after the one with this number. `words` are what the name holds. */
export async function experimentDatasets(
  sql: Sql,
  experiment_id: string,
  { words, after, most }: { words: string; after: number | undefined; most: number },
): Promise<DatasetUse[]> {
  const within = `%${words.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const beyond = after === undefined
    ? sql`true`
    : sql`(d.name, d.digest) > (select l.name, l.digest from weir.datasets l where l.dataset = ${after}::bigint)`;
  return await sql<DatasetUse[]>`
    with page as (
      select d.* from weir.datasets d
      where d.experiment_id = ${experimentNumber(experiment_id)} and d.name ilike ${within} and ${beyond}
        and exists (select from weir.dataset_inputs i where i.dataset = d.dataset)
      order by d.name, d.digest limit ${most}
    ), used as (
      select p.dataset, coalesce(i.tags ->> ${datasetContext}, '') as context, count(*)::int as runs,
        max(r.start_time) as last_start
      from page p join weir.dataset_inputs i using (dataset)
      join weir.runs r on r.run = i.run and r.lifecycle_stage = 'active' group by 1, 2
    )
    select p.dataset as number, p.name, p.digest, p.source_type, left(p.source, ${longest}) as source,
      left(p.schema, ${longest}) as schema, coalesce(sum(u.runs), 0)::int as runs, max(u.last_start) as last_start,
      coalesce(json_agg(json_build_object('context', u.context, 'runs', u.runs) order by u.context)
        filter (where u.dataset is not null), '[]') as contexts
    from page p left join used u using (dataset)
    group by p.dataset, p.name, p.digest, p.source_type, p.source, p.schema
    order by p.name, p.digest`;
}
