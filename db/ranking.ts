import type { Pool } from "./sql.ts";

/** Rows that one statement ranks. */
const most = 10_000;

/**
 * Puts latest values into the index of values. While they change many times a second they are better left out of it; searches look
 * at both. Rows that are being written now are left to the next time. Answers how many rows it ranked.
 */
export async function rankLatest(pool: Pool): Promise<number> {
  const { count } = await pool`
    update weir.latest_metrics l set ranked = l.value
    from (
      select run, key from weir.latest_metrics where ranked is null limit ${most} for update skip locked
    ) unranked
    where l.run = unranked.run and l.key = unranked.key`;
  return count < most ? count : count + await rankLatest(pool);
}
