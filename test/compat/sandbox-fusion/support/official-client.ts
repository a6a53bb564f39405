import { join } from "node:path";
import { pythonPackages } from "../../../support/python-packages.ts";

const SCRIPT = join(import.meta.dirname, "client.py");
const packages = pythonPackages("sandbox-fusion-0.3.7", { sandbox_fusion: "sandbox-fusion==0.3.7" });

/** Installs the official client from PyPI. Answers why it cannot be had, or null. */
export const installOfficialClient = () => packages.install();

/** What the client got in the named steps of client.py, or in all of them. */
export async function driveOfficialClient(
  url: string,
  steps: readonly string[] = [],
): Promise<Record<string, unknown>> {
  return (await packages.run(SCRIPT, [url, ...steps])) as Record<string, unknown>;
}
