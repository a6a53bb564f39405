import { describeProvider } from "./provider-conformance.ts";

/** Of the engine; everything is tried under it alone. */
const runtime = process.env["SANDLOT_TEST_RUNTIME"];

describeProvider("docker", "A", { runtime });
describeProvider("docker", "B", { runtime });
describeProvider("docker", "C", { runtime });

// Not every other runtime lets a sandbox connect to a socket of the machine.
for (const transport of runtime === undefined ? (["unix", "tcp"] as const) : []) {
  describeProvider("docker", "A", { transport, sample: true });
  describeProvider("docker", "C", { transport, sample: true });
}
