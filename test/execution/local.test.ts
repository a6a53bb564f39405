import { describeEngine } from "./engine-conformance.ts";

describeEngine("local", "B");
describeEngine("local", "C");
