import { Client } from "pg";
import type { TestStore } from "../support.ts";

/** One statement as a version sent it, and how many rows it brought or changed. */
export interface RecordedStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly rows: number | null;
}

/** Sends the statements in order, in the transactions in which they were sent; answers how many failed. */
export async function replay(
  { socketDirectory: host, user, database }: TestStore["connection"],
  statements: readonly RecordedStatement[],
): Promise<number> {
  const client = new Client({ host, user, database });
  await client.connect();
  let failed = 0;
  try {
    for (const { text, parameters } of statements) await client.query(text, [...parameters]).catch(() => failed++);
  } finally {
    await client.end();
  }
  return failed;
}
