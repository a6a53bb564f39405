import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { silentLogger } from "../../../src/core/logger.ts";
import { newId } from "../../../src/core/ids.ts";
import { openStore, type Store } from "../../../src/store/index.ts";
import { openDatabase } from "../../../src/store/postgres/database.ts";
import { migrate } from "../../../src/store/postgres/migrate.ts";
import { query, type TestStore } from "../support.ts";

/** Versions of the schema, each with the data that it brought. */
export const VERSIONS = [
  { version: "0001-initial", data: ["data-0001.sql"], statements: null },
  { version: "0002-verdicts", data: ["data-0001.sql", "data-0002.sql"], statements: "statements-0002.json" },
] as const;

/** The segment that the data points to: a record with four rows, then one of a rollout of two calls, as version 1 of the layout has it. */
const SEGMENT = {
  name: "20260101t000000-0123456789ab-000001",
  bytes: Buffer.from(
    "U0xSMQEBAAA/AAAAWAAAANTO+02kneLNH4sIAAAAAAAAA2NhYGBgZWBgKMov1zfgYGBgqFbKTFGyMqiFCRoiBA3hgkYIQSO4oDFC" +
      "0LgWAKziB1xYAAAAU0xSMQEBAACaAQAAugMAALew/XFbf+0SH4sIAAAAAAAAA9VTQY4TMRC0kEDAAcQBHlBXOlnPkBDhd3AiGo2c" +
      "md6stR7b2B5QtJpP8ULkCVklrOCwt5V8sbuqulXueimEeC6E6LS16dczIbZ3MD0UOm3bCoSgI7sM5UZrCbvI+vZ0id4yFIK3pjuA" +
      "MPieLRQGEHLUxuldAeQ4MiFysKbTJ+5PNvub3P7gmIx3UNiAcPmYoLYNIWWdxwRVS0m4Ns6kmzayTjMrZR9AGJPe80k6RD+E3GZ/" +
      "y641fZGpqKZPDWHPjqPOxruL8orWl0Xr922Ifle4C7lc00Iuq+MsMXPf6gyF6stGLmS1kNVXKdV8llLKbyD0458uQ4Kq6uV6ojNb" +
      "6zNb731+ys7Sitb0+d/+bv7rbl3Mf7yzzSshROTvI6d8Jd8KIe5gXBjLF9Ufa0yv53oK3iW+km9mgB/zEbHCdM6v3v3Nf6BQPVQo" +
      "ATKZhwQxBygfQgnGwGneS0LnXZ5TVPo1BX5tnLYfjs1K3CLofqhtM70QQrDrjdu/nzE5jq7TZfV2h+OeT78BRF0RUroDAAA=",
    "base64",
  ),
};

/** A database of its own as an earlier version left it, and the present store on it. */
export interface OldDatabase {
  readonly connection: TestStore["connection"];
  /** Opens the store, which migrates; as often as there are processes. */
  open(): Promise<Store>;
}

/** Makes it on the server of `test`; without `data`, it is empty. */
export async function oldDatabase(test: TestStore, version: string, data: readonly string[]): Promise<OldDatabase> {
  const name = newId("job");
  await query(test.connection, `create database ${name}`);
  const connection = { ...test.connection, database: name };
  const db = openDatabase({ connection, logger: silentLogger });
  await migrate(db, version);
  await db.destroy();
  for (const file of data) await query(connection, await readFile(join(import.meta.dirname, file), "utf8"));
  const directory = join(test.directory, name);
  await mkdir(directory);
  await writeFile(join(directory, `${SEGMENT.name}.seg`), SEGMENT.bytes);
  return {
    connection,
    open: () => openStore({ database: { connection }, segments: { directory }, logger: silentLogger }),
  };
}
