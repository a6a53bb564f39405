import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Every place in the database that points into segments. What is not named here is swept away. */
export const POINTERS = [
  { table: "tasks", prefix: "row" },
  { table: "rollouts", prefix: "record" },
  { table: "verdicts", prefix: "record" },
] as const;

/** Bytes of the records that rows point to, by segment. Reads every row: for rare use. */
export async function segmentsInUse(db: Database): Promise<Map<string, number>> {
  // Tasks share records: each counts once.
  const records = POINTERS.map(({ table, prefix }) => {
    const column = (name: string) => sql.ref(`${prefix}_${name}`);
    return sql`
      select distinct ${column("segment")} as segment, ${column("offset")} as start, ${column("length")} as length
      from ${sql.table(table)} where ${column("segment")} is not null`;
  });
  const { rows } = await sql<{ segment: string; bytes: number }>`
    select segment, sum(length)::bigint as bytes from (${sql.join(records, sql` union all `)}) as records group by segment
  `.execute(db);
  return new Map(rows.map(({ segment, bytes }) => [segment, bytes]));
}
