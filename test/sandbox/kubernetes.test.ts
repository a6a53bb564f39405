import { describe } from "vitest";
import { KUBECONFIG } from "../support/sandboxes.ts";
import { describeWithoutPython } from "./no-python-conformance.ts";
import { describeProvider } from "./provider-conformance.ts";

const runtime = process.env["SANDLOT_TEST_RUNTIME_CLASS"];

describe.skipIf(!KUBECONFIG)("on a cluster (scripts/kubernetes-conformance.sh)", () => {
  describeProvider("kubernetes", "C", { namespace: "sandlot-restricted" });
  describeProvider("kubernetes", "C", { namespace: "sandlot-baseline", sample: true });
  if (runtime) describeProvider("kubernetes", "A", { namespace: "sandlot-baseline", runtime });
  describeWithoutPython("kubernetes", "C", { namespace: "sandlot-restricted" });
});
