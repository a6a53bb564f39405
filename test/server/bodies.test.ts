import { connect } from "node:net";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { FieldProblem } from "../../src/core/errors/contexts.ts";
import { type Harness, sendRaw, serve, until } from "./support/serve.ts";

const JOBS = "/api/v1/jobs";

async function fieldsOf({ send, jobs }: Harness, body: string): Promise<FieldProblem[]> {
  const reply = await send({ path: JOBS, body });
  expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
  expect(jobs.incoming).toHaveLength(0);
  return reply.error.context["fields"] as FieldProblem[];
}

describe("bodies that are no JSON", () => {
  test.each([
    ["empty", ""],
    ["blank", "  "],
    ["malformed", '{"environment": "math"'],
    ["trailing text", "{} {}"],
    ["a comment", "{/* */}"],
    ["NaN", '{"repeats": NaN}'],
    ["a byte order mark", '\uFEFF{"environment":"math"}'],
    ["deep arrays", `{"environment":"math","sampling":{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`],
    ["deep objects", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
  ])("%s", async (_name, body) => {
    const { send, jobs } = await serve();
    const reply = await send({ method: "POST", path: JOBS, body });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_json"]);
    expect(jobs.incoming).toHaveLength(0);
  });

  test("invalid UTF-8", async () => {
    const { send } = await serve();
    const body = Buffer.concat([Buffer.from('{"environment":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const reply = await send({ path: JOBS, body });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_json"]);
  });
});

describe("bodies that break the schema", () => {
  test.each([
    ["null", "", "expected object, received null"],
    ["[]", "", "expected object, received array"],
    ['"x"', "", "expected object, received string"],
    ["{}", "environment", "expected string, received undefined"],
    ['{"environment":1}', "environment", "expected string, received number"],
    ['{"environment":""}', "environment", "Too small: expected string to have >=1 characters"],
    ['{"environment":"math","repeats":0}', "repeats", "Too small: expected number to be >=1"],
    ['{"environment":"math","repeats":-1}', "repeats", "Too small: expected number to be >=1"],
    ['{"environment":"math","repeats":1.5}', "repeats", "expected int, received number"],
    ['{"environment":"math","repeats":1e999}', "repeats", "expected number, received Infinity"],
    ['{"environment":"math","repeats":-1e999}', "repeats", "expected number, received -Infinity"],
    ['{"environment":"math","repeats":1e300}', "repeats", "Too big: expected int to be <=9007199254740991"],
    ['{"environment":"math","repeats":99999}', "repeats", "Too big: expected number to be <=1024"],
    ['{"environment":"math","repeats":"3"}', "repeats", "expected number, received string"],
    [
      '{"environment":"math","limits":{"wall_seconds":0}}',
      "limits.wall_seconds",
      "Too small: expected number to be >0",
    ],
    [
      '{"environment":"math","limits":{"wall_seconds":1e999}}',
      "limits.wall_seconds",
      "expected number, received Infinity",
    ],
    ['{"environment":"math","tasks":{"rows":[]}}', "tasks.rows", "Too small: expected array to have >=1 items"],
    ['{"environment":"math","tasks":{"rows":[{},{},{},7]}}', "tasks.rows[3]", "expected object, received number"],
    ['{"environment":"math","sampling":{"model":"x"}}', "sampling.model", "give the model as the job's `model`"],
    ['{"environment":"math","labels":{"a b":1}}', 'labels["a b"]', "expected string, received number"],
    ['{"environment":"math","labels":{"__proto__":"x"}}', "labels.__proto__", "not a usable name"],
    ['{"environment":"math","repeat":2}', "repeat", "unknown field"],
    ['{"environment":"math","tasks":{"row":[]}}', "tasks.row", "unknown field"],
  ])("%s names %s", async (body, field, problem) => {
    expect(await fieldsOf(await serve(), body)).toContainEqual({ field, problem });
  });

  test("a union says what each of its branches wants", async () => {
    const [problem] = await fieldsOf(await serve(), '{"environment":"math","on_truncated":{"value":1e999}}');
    expect(problem?.field).toBe("on_truncated");
    expect(problem?.problem).toContain("value: expected number, received Infinity");
  });

  test("all problems are named at once, but no more than a hundred", async () => {
    const harness = await serve();
    const three = await fieldsOf(harness, '{"repeats":0,"priority":5000,"nope":1}');
    expect(three.map(({ field }) => field).sort()).toEqual(["environment", "nope", "priority", "repeats"]);
    const many = await fieldsOf(
      harness,
      JSON.stringify({ environment: "math", tasks: { rows: Array.from({ length: 5000 }, () => 1) } }),
    );
    expect(many).toHaveLength(100);
    expect(many.at(-1)?.problem).toBe("and 4901 more");
  });

  test("__proto__ is an unknown field like others", async () => {
    const reply = await (await serve()).send({ path: JOBS, body: '{"environment":"math","__proto__":{"repeats":9}}' });
    expect(reply.status === 400 || reply.status === 201).toBe(true);
    expect(({} as Record<string, unknown>)["repeats"]).toBeUndefined();
  });
});

describe("queries and headers", () => {
  test.each([
    ["limit=0", "limit"],
    ["limit=-3", "limit"],
    ["limit=501", "limit"],
    ["limit=", "limit"],
    ["limit=NaN", "limit"],
    ["limit=1e999", "limit"],
    ["limit=2.5", "limit"],
    ["limit=1&limit=2", "limit"],
    ["cursor=a&cursor=b", "cursor"],
    ["limt=3", "limt"],
  ])("?%s names %s", async (query, field) => {
    const reply = await (await serve()).send({ path: `${JOBS}?${query}` });
    expect([reply.status, reply.error.code]).toEqual([400, "invalid_request"]);
    expect((reply.error.context["fields"] as FieldProblem[]).map((problem) => problem.field)).toEqual([field]);
  });

  test("lists are given with commas or several times", async () => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    expect((await send({ path: `${JOBS}/job_1/rollouts?outcome=truncated,model_error` })).json["items"]).toEqual([]);
    expect(
      (await send({ path: `${JOBS}/job_1/rollouts?outcome=truncated&outcome=scored` })).json["items"],
    ).toHaveLength(3);
    const bad = await send({ path: `${JOBS}/job_1/rollouts?outcome=good` });
    expect((bad.error.context["fields"] as FieldProblem[])[0]?.field).toBe("outcome[0]");
  });

  test("a header that is wrong is named", async () => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    const key = await send({
      path: JOBS,
      headers: { "idempotency-key": "k".repeat(300) },
      body: '{"environment":"math"}',
    });
    expect(key.error.message).toContain("idempotency-key");
    const last = await send({ path: `${JOBS}/job_1/events`, headers: { "last-event-id": "x" } });
    expect(last.error.message).toContain("last-event-id");
  });
});

describe("the size of bodies", () => {
  const bounds = { bodyBytes: 1000, bodyBytesInAll: 1500 };

  test("is refused by Content-Length before the body is read", async () => {
    const { server, jobs } = await serve({ bounds });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(
          `POST ${JOBS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1001\r\n\r\n`,
        );
      });
      socket.on("data", (chunk) => {
        socket.destroy();
        resolve(chunk.toString());
      });
    });
    expect(answer).toContain("413 Payload Too Large");
    expect(answer).toContain('"limit_bytes":1000');
    expect(jobs.incoming).toHaveLength(0);
  });

  test("is refused while it streams", async () => {
    const { send } = await serve({ bounds });
    const reply = await send({ path: JOBS, headers: { "transfer-encoding": "chunked" }, body: "x".repeat(100_000) });
    expect([reply.status, reply.error.code]).toEqual([413, "payload_too_large"]);
  });

  test("a client that sends on after its refusal is cut in the end", async () => {
    const { server } = await serve({ bounds });
    const head = `POST ${JOBS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
    const chunk = Buffer.alloc(1024 * 1024, " ");
    let answer = "";
    await new Promise((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(`${head}content-length: 100000000000\r\n\r\n`);
        const more = () => void (socket.destroyed || socket.write(chunk, more));
        more();
      });
      socket.on("data", (data) => (answer += data.toString()));
      socket.on("error", () => undefined);
      socket.on("close", resolve);
    });
    expect(answer).toContain("413 Payload Too Large");
  });

  test("a body of the limit passes", async () => {
    const { send } = await serve({ bounds });
    const frame = '{"environment":"math"}';
    expect((await send({ path: JOBS, body: frame + " ".repeat(1000 - frame.length) })).status).toBe(201);
  });

  test("bodies of all requests are bounded, and the bytes come back", async () => {
    const { server, send, records } = await serve({ bounds });
    const held = request({
      host: "127.0.0.1",
      port: server.port,
      path: JOBS,
      method: "POST",
      headers: { "content-type": "application/json", expect: "100-continue" },
    });
    held.on("error", () => undefined);
    held.on("continue", () => held.write(" ".repeat(900)));
    held.flushHeaders();
    // The server has said "continue" and the bytes are sent; a request on a new connection comes after them.
    await new Promise((resolve) => held.on("continue", () => held.write(" ", resolve)));
    const body = `{"environment":"math"}${" ".repeat(900)}`;
    const reply = await send({ path: JOBS, body });
    expect([reply.status, reply.error.code, reply.headers["retry-after"]]).toEqual([503, "overloaded", "5"]);
    held.destroy();
    await until(() => records.some(({ code }) => code === "cancelled"));
    expect((await send({ path: JOBS, body })).status).toBe(201);
  });

  test("a client that asks first is told before it sends", async () => {
    const { server } = await serve({ bounds });
    const head = `POST ${JOBS} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n`;
    const body = '{"environment":"math"}';
    const good = await sendRaw(server.port, `${head}content-length: ${body.length}\r\n\r\n${body}`);
    expect(good.indexOf("100 Continue")).toBeLessThan(good.indexOf("201 Created"));
    const socket = connect(server.port, "127.0.0.1", () => socket.write(`${head}content-length: 5000\r\n\r\n`));
    const answer = await new Promise<string>((resolve) => socket.on("data", (chunk) => resolve(chunk.toString())));
    socket.destroy();
    expect(answer).toContain("413");
    expect(answer).not.toContain("100 Continue");
  });
});

test("the text of a body arrives byte for byte", async () => {
  const { send, jobs } = await serve();
  const body =
    '{ "environment":"math",\n\t"tasks":{"rows":[{"n":12345678901234567890, "z":0.0,"s":"\\ud800 \u00e9 \u{1F600}","n":null}]},"sampling":{"temperature":1.0} }\n';
  expect((await send({ path: JOBS, headers: { "idempotency-key": "k1" }, body })).status).toBe(201);
  expect(jobs.incoming[0]?.body).toBe(body);
  expect(jobs.incoming[0]?.idempotencyKey).toBe("k1");
  expect(jobs.incoming[0]?.submission.repeats).toBe(1);
});

test("the same idempotency key answers the earlier job, another body is in conflict", async () => {
  const { send } = await serve();
  const headers = { "idempotency-key": "k" };
  const first = await send({ path: JOBS, headers, body: '{"environment":"math"}' });
  const again = await send({ path: JOBS, headers, body: '{"environment":"math"}' });
  expect([first.status, again.status, again.json["id"]]).toEqual([201, 200, first.json["id"]]);
  expect((await send({ path: JOBS, headers, body: '{"environment":"other"}' })).error.code).toBe(
    "idempotency_conflict",
  );
});

describe("a route without a body", () => {
  test.each([undefined, "{}"])("takes %s", async (body) => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    const reply = await send({ method: "POST", path: `${JOBS}/job_1/cancel`, ...(body === undefined ? {} : { body }) });
    expect([reply.status, reply.json["state"]]).toEqual([200, "cancelled"]);
  });

  test("refuses anything else", async () => {
    const { send, jobs } = await serve();
    jobs.add("job_1");
    expect((await send({ path: `${JOBS}/job_1/cancel`, body: '{"force":true}' })).error.code).toBe("invalid_request");
    const form = { "content-type": "text/plain" };
    expect((await send({ path: `${JOBS}/job_1/cancel`, headers: form, body: "x" })).error.code).toBe(
      "unsupported_media_type",
    );
  });
});
