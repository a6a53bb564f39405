import { describeProvider } from "./provider-conformance.ts";

describeProvider("docker", "A");
describeProvider("docker", "B");
describeProvider("docker", "C");
