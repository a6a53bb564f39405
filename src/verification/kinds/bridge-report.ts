import { z } from "zod";

const Text = z.string().max(20_000);

const TestReport = z.object({
  id: Text,
  status: z.enum(["passed", "failed", "error", "skipped"]),
  message: Text,
  got: Text.nullable(),
  expected: Text.nullable(),
  line: Text.nullable(),
});
export type TestReport = z.infer<typeof TestReport>;

const LoadError = z.object({ type: Text, message: Text, traceback: Text });

/** What the tests say of themselves at the end (sandboxes/agent/bridge): trusted, since no candidate was in their slot. */
const BridgeReport = z.object({
  load: z.discriminatedUnion("ok", [
    z.object({ ok: z.literal(true) }),
    z.object({ ok: z.literal(false), error: LoadError }),
  ]),
  tests: z.array(TestReport),
  calls: z.int().min(0),
  evidence: z.array(Text),
  /** Why the tests' own values cannot be handed to any program. */
  unbridgeable: Text.optional(),
});
export type BridgeReport = z.infer<typeof BridgeReport>;

/** Throws when it is not one: the tests' own slot wrote it, so that would be a fault of ours. */
export function readReport(bytes: Uint8Array): BridgeReport {
  return BridgeReport.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}
