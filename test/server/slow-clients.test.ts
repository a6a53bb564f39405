import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { manualClock } from "./support/manual-clock.ts";
import { serve, until } from "./support/serve.ts";

const JOBS = "/api/v1/jobs";
const head = `POST ${JOBS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
const frame = '{"environment":"math"}';
const MIB = 1024 ** 2;

function open(port: number, text: string): { socket: Socket; text: () => string; isClosed: () => boolean } {
  let came = "";
  let closed = false;
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  socket.on("data", (chunk) => (came += chunk.toString()));
  socket.on("error", () => undefined);
  socket.on("close", () => (closed = true));
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => came, isClosed: () => closed };
}

test("an upload that stalls is ended, and gives back its memory", async () => {
  const clock = manualClock();
  const { server, send, records } = await serve({ clock, bounds: { bodyBytes: 1000, bodyBytesInAll: 1500 } });
  const stalled = open(server.port, `${head}content-length: 1000\r\n\r\n${" ".repeat(900)}`);
  const body = frame + " ".repeat(900);
  await until(() => clock.pending() > 0);
  await expect.poll(async () => (await send({ path: JOBS, body })).status).toBe(503);
  clock.advance(30_000);
  await until(() => stalled.text().includes("408 Request Timeout"));
  expect(stalled.text()).toContain('"code":"upload_stalled"');
  stalled.socket.destroy();
  await until(() => records.some(({ code }) => code === "upload_stalled"));
  await expect.poll(async () => (await send({ path: JOBS, body })).status).toBe(201);
});

test("a byte now and then does not help, a steady upload does", async () => {
  const clock = manualClock();
  const { server } = await serve({ clock });
  const slow = open(server.port, `${head}content-length: 100000\r\n\r\n${frame}`);
  const steady = open(server.port, `${head}content-length: 100000\r\n\r\n${frame}`);
  await until(() => clock.pending() === 2);
  let sent = frame.length;
  for (const more of [40_000, 40_000]) {
    slow.socket.write(" ");
    await new Promise((resolve) => steady.socket.write(" ".repeat(more), resolve));
    sent += more;
    // What was sent has arrived when a request that came after it is answered.
    await (await fetch(`${server.url}/healthz`)).text();
    clock.advance(30_000);
  }
  await until(() => slow.text().includes("408 Request Timeout"));
  steady.socket.write(" ".repeat(100_000 - sent));
  await until(() => steady.text().includes("201 Created"));
});

test("what nobody reads is bounded, and cut", async () => {
  const clock = manualClock();
  const description = "x".repeat(32 * MIB);
  const large = { name: "large", description, licence: "MIT", agent: "simple", tools: [], datasets: [] };
  const environments = async () => [{ ...large, reward_range: [0, 1] as [number, number] }];
  const { server, send } = await serve({ clock, environments, bounds: { answerBytesInAll: 40 * MIB } });
  const path = "/api/v1/environments";
  const silent = open(server.port, `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  silent.socket.pause();
  await until(() => clock.pending() > 0);
  await expect.poll(async () => (await send({ path })).error?.code).toBe("overloaded");
  clock.advance(60_000 + (33 * MIB) / 256);
  await expect.poll(async () => (await send({ path })).status, { timeout: 10_000 }).toBe(200);
  silent.socket.resume();
  await until(() => silent.isClosed());
  expect(silent.text().length).toBeLessThan(32 * MIB);
});
