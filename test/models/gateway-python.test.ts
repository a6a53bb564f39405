import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { samplesOf } from "./gateway-session.ts";
import { pythonPackages } from "../support/python-packages.ts";
import { startGateway } from "./start-gateway.ts";
import { closedAfterEach } from "./closed-after-each.ts";

const packages = pythonPackages("model-clients-1", { openai: "openai==3.54.0", anthropic: "anthropic==2.12.0" });
const missing = await packages.install();
const reason = missing === null ? "" : ` (skipped: their clients cannot be installed: ${missing})`;

const closing = closedAfterEach();

describe.skipIf(missing !== null)(`agents of the unmodified clients for Python${reason}`, () => {
  it.each(["chat", "responses", "messages"])("become trainable by one base URL: %s", async (api) => {
    const { session, root } = await startGateway(closing, { standIn: { drift: true } });
    await packages.run(join(import.meta.dirname, "agents.py"), [root, api]);
    const samples = samplesOf(session);
    expect(samples.map(({ call_ids, break: broken, mask }) => [call_ids.length, broken, mask])).toEqual([
      [4, null, false],
    ]);
  });
});
