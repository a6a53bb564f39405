import { describeWithoutPython } from "./no-python-conformance.ts";

describeWithoutPython("docker", "A");
describeWithoutPython("docker", "B");
describeWithoutPython("docker", "C");
describeWithoutPython("docker", "A", { transport: "unix" });
describeWithoutPython("docker", "A", { transport: "tcp" });
