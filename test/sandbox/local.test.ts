import { describeProvider } from "./provider-conformance.ts";

describeProvider("local", "B");
describeProvider("local", "C");
