import { Client } from "pg";
import type { TestStore } from "../support.ts";

/** One statement as a version sent it, and how many rows it brought or changed. */
export interface RecordedStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly rows: number | null;
}

/** Sends the statements in order; answers those that failed, or brought another number of rows. */
export async function replay(
  { socketDirectory: host, user, database }: TestStore["connection"],
  statements: readonly RecordedStatement[],
): Promise<string[]> {
  const client = new Client({ host, user, database });
  await client.connect();
  const different: string[] = [];
  try {
    for (const { text, parameters, rows } of statements) {
      const { rowCount } = await client.query(text, [...parameters]);
      if (rowCount !== rows) different.push(`${rowCount} rows instead of ${rows}: ${text}`);
    }
  } finally {
    await client.end();
  }
  return different;
}
