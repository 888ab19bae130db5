import type { Sql } from "./sql.ts";

/** What somebody who runs a server asks about its database and its files. */
export interface ServerFacts {
  /** Of Postgres: "18.0". */
  postgres: string;
  /** Of the whole database, in bytes. */
  database_bytes: number;
  /** Noted files of experiments, runs, models and traces. */
  files: number;
  bytes: number;
  /** Those with the most bytes, the largest first; deleted ones too. */
  largest: { experiment_id: string; name: string; files: number; bytes: number }[];
}

const mostExperiments = 10;

export async function serverFacts(sql: Sql): Promise<ServerFacts> {
  const [[facts], largest] = await Promise.all([
    sql<Omit<ServerFacts, "largest">[]>`
      select split_part(current_setting('server_version'), ' ', 1) as postgres,
        pg_database_size(current_database()) as database_bytes,
        coalesce(sum(files), 0)::bigint as files, coalesce(sum(bytes), 0)::bigint as bytes
      from weir.artifact_totals`,
    sql<ServerFacts["largest"]>`
      select e.experiment_id::text, e.name, below.files, below.bytes
      from weir.experiments e, lateral (
        select sum(files)::bigint as files, sum(bytes)::bigint as bytes from weir.artifact_totals t
        where t.folder > regexp_replace(e.artifact_location, '/*$', '/') collate "C"
          and t.folder < regexp_replace(e.artifact_location, '/*$', '0') collate "C") below
      where below.bytes > 0 order by below.bytes desc, e.experiment_id limit ${mostExperiments}`,
  ]);
  if (!facts) throw new Error("An aggregate is always one row.");
  return { ...facts, largest: [...largest] };
}
