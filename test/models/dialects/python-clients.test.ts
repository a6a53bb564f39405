import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pythonPackages } from "../../support/python-packages.ts";
import type { ScriptedEndpoint } from "../scripted-endpoint.ts";
import { startDialectServer } from "./dialect-server.ts";

const packages = pythonPackages("model-clients-1", { openai: "openai==3.54.0", anthropic: "anthropic==2.12.0" });
const missing = await packages.install();
const reason = missing === null ? "" : ` (skipped: they cannot be installed: ${missing})`;

describe.skipIf(missing !== null)(`the unmodified clients for Python${reason}`, () => {
  let server: ScriptedEndpoint;
  let got: Record<string, unknown>;
  beforeAll(async () => {
    server = await startDialectServer();
    got = (await packages.run(join(import.meta.dirname, "clients.py"), [server.url])) as Record<string, unknown>;
  });
  afterAll(() => server.stop());

  const tools = [
    { id: "c1", function: { name: "add", arguments: '{"a": 17}' } },
    { id: "c2", function: { name: "add", arguments: '{"a": 25}' } },
  ];

  test.each(["chat", "chat_stream"])("openai reads a Chat completion: %s", (step) => {
    expect(got[step]).toMatchObject({
      choices: [{ finish_reason: "tool_calls", message: { content: "look", tool_calls: tools } }],
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    });
  });

  test("openai reads a response, and its stream as the same", () => {
    const { kinds, final } = got["responses_stream"] as { kinds: string[]; final: { output: unknown[] } };
    expect([kinds[0], kinds.at(-1)]).toEqual(["response.created", "response.completed"]);
    expect(final.output).toMatchObject((got["responses"] as { output: unknown[] }).output);
    expect(final.output).toHaveLength(4);
    expect(got["responses_incomplete"]).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
    });
  });

  const content = [
    { type: "thinking", thinking: "hm" },
    { type: "text", text: "look" },
    { type: "tool_use", id: "c1", name: "add", input: { a: 17 } },
    { type: "tool_use", id: "c2", name: "add", input: { a: 25 } },
  ];

  test("anthropic reads a message, and its stream as the same", () => {
    expect(got["message"]).toMatchObject({
      content,
      stop_reason: "tool_use",
      usage: { input_tokens: 5, output_tokens: 2 },
    });
    const { texts, final } = got["message_stream"] as { texts: string[]; final: unknown };
    expect(texts).toEqual(["look"]);
    expect(final).toMatchObject({ content, stop_reason: "tool_use", usage: { input_tokens: 5, output_tokens: 2 } });
    expect(got["message_long"]).toMatchObject({ stop_reason: "max_tokens" });
  });

  test("both know our errors", () => {
    expect(got["chat_unknown"]).toMatchObject({ kind: "NotFoundError", code: "model_not_found" });
    expect(got["chat_full"]).toMatchObject({ kind: "BadRequestError", code: "context_length_exceeded" });
    expect(got["message_unknown"]).toMatchObject({ kind: "NotFoundError" });
    const full = got["message_full"] as { kind: string; text: string };
    expect(full.kind).toBe("BadRequestError");
    expect(full.text).toContain("prompt is too long: maximum context length is 8");
  });

  test("neither takes a broken stream for an answer", () => {
    for (const step of ["message_broken", "chat_broken"])
      expect((got[step] as { text: string }).text).toContain("gone");
    expect(got["responses_broken"]).toMatchObject({ type: "response.failed", response: { status: "failed" } });
  });

  test("neither sends again what failed for good", () => {
    const asked = server.seen.map(({ body }) => (JSON.parse(body) as { model: string }).model);
    expect(asked.filter((model) => model === "nope" || model === "full")).toHaveLength(4);
  });
});
