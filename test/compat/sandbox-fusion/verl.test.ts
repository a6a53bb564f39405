import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DialectServer, openDialectServer } from "./support/server.ts";
import { callAsVerl, type VerlCase } from "./support/verl.ts";

const ECHO = "print(int(input()) * 2)";
const CONCURRENCY = 64;

/** Calls of veRL, so many at once. */
async function callAll(url: string, cases: readonly VerlCase[]) {
  const waiting = cases.map((one, index) => [one, index] as const);
  const results = new Map<number, Awaited<ReturnType<typeof callAsVerl>>>();
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.set(next[1], await callAsVerl(url, next[0]));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return cases.map((_, index) => results.get(index));
}

describe("veRL", () => {
  let server: DialectServer;
  beforeAll(async () => {
    server = await openDialectServer();
  });
  afterAll(() => server.close());

  it("gets the right result of every test, 64 at once", async () => {
    const cases = Array.from({ length: 256 }, (_, i): VerlCase => {
      if (i % 16 === 3) return { code: "1/0", stdin: "", expected: "" };
      if (i % 16 === 5) return { code: ECHO, stdin: `${i}`, expected: "no" };
      if (i % 64 === 7) return { code: "while True: pass", stdin: "", expected: "", timeout: 1 };
      return { code: ECHO, stdin: `${i}`, expected: `${2 * i}\n` };
    });
    const wanted = cases.map((one) => {
      if (one.code === ECHO) return one.expected !== "no";
      return one.code === "1/0" ? -2 : -3;
    });
    const got = await callAll(server.url, cases);
    expect(got.map((call) => call?.result)).toEqual(wanted);
  });
});

describe("veRL at a server that is too small", () => {
  let server: DialectServer;
  beforeAll(async () => {
    server = await openDialectServer({ atOnce: 1, maxWaiting: 4 });
  });
  afterAll(() => server.close());

  it("sees 504 and no other refusal, and no result that the program did not have", async () => {
    const cases = Array.from({ length: 80 }, (_, i) => ({
      code: `import time\ntime.sleep(0.2)\n${ECHO}`,
      stdin: `${i}`,
      expected: `${2 * i}\n`,
    }));
    const got = await callAll(server.url, cases);
    const statuses = new Set(got.flatMap((call) => call?.statuses ?? []));
    expect(statuses).toEqual(new Set([200, 504]));
    for (const call of got) expect(call?.result).toBe(call?.statuses.at(-1) === 200 ? true : -1);
    // Some were refused first and came through with a later try.
    expect(got.some((call) => call?.result === true && call.statuses.length > 1)).toBe(true);
  });

  it("is refused while it still waits for the answer", async () => {
    const busy = callAsVerl(server.url, { code: "import time\ntime.sleep(9)", stdin: "", expected: "", timeout: 10 });
    // The program has the only slot once a request behind it waits.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const waiting = await fetch(`${server.url}/run_code`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: "1", language: "python", compile_timeout: 1, run_timeout: 1 }),
      signal: AbortSignal.timeout(12_000),
    });
    expect(waiting.status).toBe(504);
    expect(await busy).toMatchObject({ result: true, statuses: [200] });
  });
});
