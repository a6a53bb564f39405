import { describeProvider } from "./provider-conformance.ts";

describeProvider("docker", "A");
describeProvider("docker", "B");
describeProvider("docker", "C");

for (const transport of ["unix", "tcp"] as const) {
  describeProvider("docker", "A", { transport, sample: true });
  describeProvider("docker", "C", { transport, sample: true });
}
