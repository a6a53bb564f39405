import { sql } from "kysely";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { newId } from "../../core/ids.ts";
import type { DeliveryRequest } from "../port.ts";
import type { Database, Tx } from "./database.ts";

interface JobOf {
  readonly tenant: string;
  readonly jobId: string;
}

interface Taken {
  readonly id: string;
  /** Null when nothing was free. */
  readonly until: Date | null;
  /** Everything up to it has been acknowledged. */
  readonly cursor: number;
  /** How often each group was handed out, this time included, by sequence. */
  readonly deliveries: ReadonlyMap<number, number>;
}

/**
 * Leases the first complete groups that no one of the consumer's name has acknowledged or holds. The consumer's row is locked: those who
 * share a name take turns.
 */
export async function take(db: Database, tenant: string, request: DeliveryRequest): Promise<Taken> {
  const { jobId, consumer, limit, leaseMs } = request;
  const id = newId("delivery");
  const { rows, cursor } = await db.transaction().execute(async (tx) => {
    await sql`
      insert into consumers (tenant, job_id, name) select tenant, id, ${consumer} from jobs where id = ${jobId} and tenant = ${tenant}
      on conflict (job_id, name) do nothing
    `.execute(tx);
    const known = await lockConsumer(tx, { tenant, jobId }, consumer);
    if (!known) throw new SandlotError("not_found", { kind: "job", id: jobId });
    const taken = await sql<{ sequence: number; deliveries: number; lease_until: Date }>`
      with free as (
        select tasks.sequence from tasks
        left join deliveries as held
          on held.job_id = ${jobId} and held.consumer = ${consumer} and held.sequence = tasks.sequence
        where tasks.job_id = ${jobId} and tasks.sequence > ${known.cursor}
          and (held.sequence is null or (not held.acknowledged and held.lease_until <= now()))
        order by tasks.sequence limit ${limit}
      )
      insert into deliveries (tenant, job_id, consumer, sequence, lease_id, lease_until, size)
      select ${tenant}, ${jobId}, ${consumer}, sequence, ${id}, now() + ${leaseMs}::float8 * interval '1 millisecond',
        count(*) over () from free
      on conflict (job_id, consumer, sequence) do update set
        lease_id = excluded.lease_id,
        lease_until = excluded.lease_until,
        size = excluded.size,
        deliveries = deliveries.deliveries + 1
      returning sequence, deliveries, lease_until
    `.execute(tx);
    return { rows: taken.rows, cursor: known.cursor };
  });
  const deliveries = new Map(rows.map((row) => [row.sequence, row.deliveries]));
  return { id, until: rows[0]?.lease_until ?? null, deliveries, cursor };
}

/**
 * Marks the delivery's groups as had; answers the consumer's cursor, up to which all are. `delivery_lost` when some of them went to
 * somebody else in the meantime: then none is marked.
 */
export async function acknowledge(db: Database, { tenant, jobId }: JobOf, deliveryId: string): Promise<number> {
  const lost = new SandlotError("delivery_lost", { delivery_id: deliveryId });
  return db.transaction().execute(async (tx) => {
    const of = await tx
      .selectFrom("deliveries")
      .select(["consumer", "size"])
      .where("tenant", "=", tenant)
      .where("job_id", "=", jobId)
      .where("lease_id", "=", deliveryId)
      .executeTakeFirst();
    const known = of && (await lockConsumer(tx, { tenant, jobId }, of.consumer));
    if (!known) throw lost;
    const { numUpdatedRows } = await tx
      .updateTable("deliveries")
      .set({ acknowledged: true })
      .where("job_id", "=", jobId)
      .where("lease_id", "=", deliveryId)
      .executeTakeFirst();
    if (Number(numUpdatedRows) < of.size) throw lost;
    return advance(tx, { jobId, consumer: of.consumer, cursor: known.cursor });
  });
}

/** Moves the cursor of the locked consumer up to the first group that is not acknowledged. */
async function advance(
  tx: Tx,
  { jobId, consumer, cursor }: { readonly jobId: string; readonly consumer: string; readonly cursor: number },
): Promise<number> {
  const { rows } = await sql<{ cursor: number | null }>`
    select max(sequence) as cursor from (
      select sequence, row_number() over (order by sequence) as position
      from deliveries where job_id = ${jobId} and consumer = ${consumer} and sequence > ${cursor} and acknowledged
    ) as had where sequence = ${cursor}::bigint + position
  `.execute(tx);
  const after = rows[0]?.cursor ?? cursor;
  await tx
    .updateTable("consumers")
    .set({ cursor: after })
    .where("job_id", "=", jobId)
    .where("name", "=", consumer)
    .execute();
  return after;
}

/** Lets others have the delivery's groups at once; nothing where they have been acknowledged. */
export async function handBack(db: Database, { tenant, jobId }: JobOf, deliveryId: string): Promise<void> {
  await db
    .updateTable("deliveries")
    .set({ lease_until: sql<Date>`now()` })
    .where("tenant", "=", tenant)
    .where("job_id", "=", jobId)
    .where("lease_id", "=", deliveryId)
    .where("acknowledged", "=", false)
    .execute();
}

function lockConsumer(tx: Tx, { tenant, jobId }: JobOf, consumer: string): Promise<{ cursor: number } | undefined> {
  return tx
    .selectFrom("consumers")
    .select("cursor")
    .where("tenant", "=", tenant)
    .where("job_id", "=", jobId)
    .where("name", "=", consumer)
    .forUpdate()
    .executeTakeFirst();
}
