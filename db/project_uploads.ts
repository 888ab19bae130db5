import type { Sql } from "./sql.ts";

/** The SHA-256 of all uploaded projects that a job, a sweep, a schedule or a look names. */
export async function usedUploads(sql: Sql): Promise<Set<string>> {
  const rows = await sql<{ sha256: string }[]>`
    select distinct substring(uri from '^mlflow-artifacts:/projects/([0-9a-f]{64})/') as sha256 from (
      select spec ->> 'uri' as uri from weir.jobs
      union all select asked ->> 'uri' from weir.sweeps
      union all select asked ->> 'uri' from weir.schedules
      union all select uri from weir.project_looks
    ) named where uri like 'mlflow-artifacts:/projects/%'`;
  return new Set(rows.map(({ sha256 }) => sha256));
}
