import type { Direction } from "../domain/metric_names.ts";
import type { Sql } from "./sql.ts";

/** A direction that somebody set, for everybody. `set_time` in ms since the epoch. */
export interface MetricDirection {
  name: string;
  direction: Direction;
  /** As they call themselves; may be empty. */
  set_by: string;
  set_time: number;
}

/** More names than this nobody sets by hand. */
const mostDirections = 10_000;

/** What was set, by metric. Others are guessed by `directionOf`. */
export async function metricDirections(sql: Sql): Promise<Map<string, Direction>> {
  const rows = await listMetricDirections(sql);
  return new Map(rows.map(({ name, direction }) => [name, direction]));
}

/** What was set, with who and when; by name. */
export async function listMetricDirections(sql: Sql): Promise<MetricDirection[]> {
  return await sql<MetricDirection[]>`
    select name, direction, set_by, set_time from weir.metric_directions order by name limit ${mostDirections}`;
}

/** Sets which values of a metric are better. The last one to say so is right. */
export async function setMetricDirection(
  sql: Sql,
  { name, direction, set_by, set_time }: MetricDirection,
): Promise<void> {
  await sql`
    insert into weir.metric_directions (name, direction, set_by, set_time)
    values (${name}, ${direction}, ${set_by}, ${set_time})
    on conflict (name) do update set direction = excluded.direction, set_by = excluded.set_by, set_time = excluded.set_time`;
}

/** Back to what the name tells. One that was never set is fine. */
export async function forgetMetricDirection(sql: Sql, name: string): Promise<void> {
  await sql`delete from weir.metric_directions where name = ${name}`;
}
