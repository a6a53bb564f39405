import { describe, expect, it } from "vitest";
import { clusterError, isPolicyRefusal, orNull } from "./errors.ts";

/** A refusal as the client library throws it. */
function refusal(code: number, message: string): Error {
  const body = JSON.stringify({ kind: "Status", message });
  return Object.assign(new Error(`HTTP-Code: ${code}\\nHeaders: {}`), { code, body });
}

describe("errors of a cluster", () => {
  it.each([
    [refusal(403, 'pod rejected: RuntimeClass "x" not found'), "sandbox_unsupported"],
    [refusal(403, 'pods "sbx" is forbidden: violates PodSecurity "restricted:latest": …'), "sandbox_unsupported"],
    [refusal(403, 'User "x" cannot create resource "pods"'), "provider_unavailable"],
    [refusal(403, 'pods "sbx" is forbidden: exceeded quota: compute'), "sandbox_unavailable"],
    [
      refusal(403, 'pods "sbx" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'),
      "sandbox_unsupported",
    ],
    [refusal(403, 'admission webhook "x" denied the request: no'), "sandbox_unsupported"],
    [refusal(422, 'Pod "sbx" is invalid: spec.hostUsers: Forbidden'), "sandbox_unsupported"],
    [refusal(500, 'failed calling webhook "x": timeout'), "sandbox_create_failed"],
    [refusal(401, "Unauthorized"), "provider_unavailable"],
    [refusal(404, 'namespaces "sandlot" not found'), "provider_unavailable"],
    [refusal(429, "too many requests"), "sandbox_create_failed"],
    [refusal(500, "etcdserver: request timed out"), "sandbox_create_failed"],
    [Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }), "provider_unavailable"],
  ])("says what %s comes to", (error, code) => {
    expect(clusterError(error).code).toBe(code);
  });

  it("quotes the server's sentence, and not the library's", () => {
    expect(clusterError(refusal(500, "the sentence")).message).toContain("the sentence");
    expect(clusterError(refusal(500, "the sentence")).message).not.toContain("Headers");
  });

  it("knows what a policy refuses, and what is not there", async () => {
    expect(isPolicyRefusal(refusal(403, 'violates PodSecurity "baseline:latest"'))).toBe(true);
    expect(isPolicyRefusal(refusal(403, "something else"))).toBe(false);
    expect(await orNull(Promise.reject(refusal(404, "not found")))).toBe(null);
    await expect(orNull(Promise.reject(refusal(500, "trouble")))).rejects.toThrow();
  });
});
