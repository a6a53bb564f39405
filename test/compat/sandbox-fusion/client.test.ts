import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driveOfficialClient, installOfficialClient } from "./support/official-client.ts";
import { type DialectServer, openDialectServer } from "./support/server.ts";

const missing = await installOfficialClient();
const why = missing === null ? "" : ` (needs PyPI: ${missing})`;

describe.skipIf(missing !== null)(`the official client, unmodified${why}`, () => {
  let server: DialectServer;
  let got: Record<string, unknown>;

  beforeAll(async () => {
    server = await openDialectServer();
    got = await driveOfficialClient(server.url);
  });
  afterAll(() => server.close());

  it("runs programs", () => {
    expect(got["run_code"]).toMatchObject({
      status: "Success",
      run_result: { status: "Finished", return_code: 0, stdout: "in\n" },
    });
    expect(got["failing"]).toMatchObject({ status: "Failed", run_result: { return_code: 1 } });
    expect(got["summaries"]).toEqual(["ok", "run_failed", "run_timeout"]);
  });

  it("brings files and fetches them, and reads large outputs", () => {
    expect(got["files"]).toEqual({ o: Buffer.from("\0A\0A").toString("base64") });
    expect(got["large_output"]).toBe(3_000_000);
  });

  it("runs many at once, and asynchronously", () => {
    expect(got["concurrent"]).toEqual(Array.from({ length: 24 }, (_, i) => `${i}\n`));
    expect(got["async"]).toBe("2\n");
  });

  it("is told what it may not do", () => {
    expect(got["unknown_language"]).toContain("code 422");
    expect(got["submit_safe"]).toMatchObject({ id: 1, accepted: false, tests: [] });
  });

  it("has submissions judged", () => {
    expect(got["submit"]).toMatchObject({
      id: 7,
      accepted: true,
      tests: [{ passed: true }, { passed: true }, { passed: true }],
    });
    expect(got["auto_eval"]).toEqual([true, false]);
  });

  it("gets prompts", () => {
    const prompt = {
      id: 7,
      prompt: expect.stringMatching(/^c\n\nPlease implement a complete Python script/) as unknown,
    };
    expect(got["prompts"]).toMatchObject([prompt, prompt]);
  });

  it("plays notebooks", () => {
    expect(got["jupyter"]).toEqual([[], [{ "text/plain": "2" }]]);
  });
});
