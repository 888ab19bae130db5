import postgres from "postgres";
import type { Database } from "./servers.ts";

/** What the same Postgres can do at most: a figure to hold the servers' against. */
export const limits = [
  {
    name: "bare inserts of one row, 16 connections",
    unit: "inserts/s",
    async measure(database: Database): Promise<number> {
      const sql = postgres(await database.create("limit_bench"), { max: 16 });
      await sql`create table point (id bigint generated always as identity primary key, run bigint, value float8, step bigint)`;
      const end = performance.now() + 4000;
      const counts = await Promise.all(Array.from({ length: 16 }, async (_, run) => {
        let step = 0;
        for (; performance.now() < end; step++) {
          await sql`insert into point (run, value, step) values (${run}, ${1 / (step + 1)}, ${step})`;
        }
        return step;
      }));
      await sql.end();
      return counts.reduce((sum, count) => sum + count, 0) / 4;
    },
  },
];
