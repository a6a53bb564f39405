import { describeProvider } from "./provider-conformance.ts";

describeProvider("docker", "B");
describeProvider("docker", "C");
