import { z } from "zod";
import type { Stage } from "../../../execution/index.ts";

const MAX_TESTS = 20_000;
const Text = z.string().max(4_000);

const SeenTest = z.object({
  id: Text,
  status: z.enum(["passed", "failed", "error", "skipped"]),
  message: Text,
  /** Path and line of the tests' sources that the exception came through. */
  places: z.array(z.tuple([Text, z.int()])).max(100),
});
export type SeenTest = z.infer<typeof SeenTest>;

const SharedReport = z.object({
  /** What the program had replaced of the modules that the tests use, and was put back. */
  replaced: z.array(Text).max(100),
  /** Why the tests could not even begin. */
  problem: z.object({ type: Text, message: Text }).nullable(),
  tests: z.array(SeenTest).max(MAX_TESTS),
});
export type SharedReport = z.infer<typeof SharedReport>;

export const REPORT_FILE = "report.json";
export const REPORT_BYTES = 8 << 20;

/** What the tests' process says; null where it says nothing that can be read. A candidate may have written it. */
export function readShared({ files }: Stage): SharedReport | null {
  const file = files.find(({ path }) => path === REPORT_FILE);
  if (file?.status !== "ok") return null;
  try {
    return SharedReport.safeParse(JSON.parse(Buffer.from(file.data).toString("utf8"))).data ?? null;
  } catch {
    return null;
  }
}
