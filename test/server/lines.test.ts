import { describe, expect, it } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { SandlotError } from "../../src/core/errors/sandlot-error.ts";
import type { ReadingService } from "../../src/rollouts/index.ts";
import { serve, until } from "./support/serve.ts";

/** Only its exports: of these lines. */
function exporting(lines: () => AsyncIterable<string>): ReadingService {
  const refuse = async () => {
    throw new SandlotError("internal", { detail: "not asked for here" });
  };
  return { metrics: refuse, profile: refuse, rows: refuse, export: async () => lines() };
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe("an answer of lines", () => {
  it("is NDJSON, each line as it is", async () => {
    const readings = exporting(async function* () {
      yield '["a",1.0]';
      yield '{"b":"é"}';
    });
    const { send } = await serve({ readings });
    const reply = await send({ path: "/api/v1/jobs/job_1/export" });
    expect(reply.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    expect(reply.text).toBe('["a",1.0]\n{"b":"é"}\n');
    const head = await send({ method: "HEAD", path: "/api/v1/jobs/job_1/export" });
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it("is an error where it cannot begin", async () => {
    const readings = exporting(async function* () {});
    const refusing: ReadingService = {
      ...readings,
      export: async () => {
        throw new SandlotError("not_found", { kind: "job", id: "job_1" });
      },
    };
    const { send } = await serve({ readings: refusing });
    const reply = await send({ path: "/api/v1/jobs/job_1/export" });
    expect([reply.status, reply.error.code]).toEqual([404, "not_found"]);
  });

  it("breaks off where its source breaks, so that a part is not taken for the whole", async () => {
    const readings = exporting(async function* () {
      yield "1";
      throw new SandlotError("storage_corrupt", { detail: "a flipped bit" });
    });
    const { server, records } = await serve({ readings });
    const client = createClient({ url: server.url });
    const error = await all(client.exportJob("job_1")).catch((thrown: unknown) => thrown);
    await client.close();
    expect(SandlotError.is(error, "server_unreachable")).toBe(true);
    expect(JSON.stringify(records)).toContain("storage_corrupt");
  });

  it("makes no more lines than its reader takes, and none after it has gone", async () => {
    let made = 0;
    let isClosed = false;
    const line = "x".repeat(64 * 1024);
    const readings = exporting(async function* () {
      try {
        for (; made < 100_000; made++) yield line;
      } finally {
        isClosed = true;
      }
    });
    const { server } = await serve({ readings });
    const client = createClient({ url: server.url });
    const lines = client.exportJob("job_1");
    await lines.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    // What the sockets of both sides hold.
    expect(made).toBeLessThan(1_000);
    await lines.return();
    await client.close();
    await until(() => isClosed);
  });
});
