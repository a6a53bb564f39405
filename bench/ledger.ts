/**
 * The ledger check: reads the API and the store, and nothing else, and says whether what became of the jobs in a file of
 * expectations (`bench/ledger/expected.ts`) is what must become of them: nothing lost, recorded twice, or rewarded falsely, no mask
 * without a fault, every count, group, attempt, record and delivery in agreement. Exits with 1 when anything is found.
 * Usage: npm run bench -- ledger --url URL --database URL --segments FOLDER --expected FILE.json
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClient } from "../src/client/index.ts";
import { checkLedger } from "./ledger/check-ledger.ts";
import { Expected } from "./ledger/expected.ts";
import { openReader } from "./ledger/read-store.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:7461" },
    database: { type: "string", default: "" },
    segments: { type: "string", default: "" },
    expected: { type: "string", default: "expected.json" },
  },
});
const expected = Expected.parse(JSON.parse(readFileSync(values.expected, "utf8")));
const client = createClient({ url: values.url });
const reader = await openReader(values.database, values.segments);
const report = await checkLedger(expected, client, reader);
await reader.close();
await client.close();
console.log(`rollouts    ${report.requested}`);
console.log(`outcomes    ${JSON.stringify(report.outcomes)}`);
console.log(`answers     ${JSON.stringify(report.kinds)}`);
for (const { kind, where, detail } of report.findings.slice(0, 50))
  console.log(`FOUND       ${kind}: ${where}: ${detail}`);
console.log(`found       ${report.findings.length}`);
process.exitCode = report.findings.length === 0 ? 0 : 1;
