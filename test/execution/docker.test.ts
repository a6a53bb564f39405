import { describeEngine } from "./engine-conformance.ts";

describeEngine("docker", "A");
describeEngine("docker", "B");
describeEngine("docker", "C");
