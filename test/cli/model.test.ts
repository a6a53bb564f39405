import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { until } from "../server/support/serve.ts";
import { createCli } from "./support/harness.ts";

test("serves stand-ins until a signal comes", async () => {
  const cli = createCli();
  const options = ["--port", "0", "--replicas", "2", "--model", "policy", "--speed", "max", "--api-key", "secret"];
  const running = cli.start("model", "mock", "--json", ...options);
  await until(() => running.written.stdout !== "");
  const told = JSON.parse(running.written.stdout) as { model: string; urls: string[]; pid: number };
  expect(told).toMatchObject({ model: "policy", pid: process.pid });
  expect(told.urls).toHaveLength(2);
  const ask = (url: string | undefined, key: string) =>
    fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: "policy", messages: [{ role: "user", content: "Hello" }] }),
    });
  expect((await ask(told.urls[0], "wrong")).status).toBe(401);
  for (const url of told.urls) expect((await ask(url, "secret")).status).toBe(200);
  cli.signals.emit("SIGTERM");
  expect((await running.ended).code).toBe(0);
  await expect(fetch(`${told.urls[0]}/models`)).rejects.toThrow(TypeError);
});

test("tells people where it is", async () => {
  const cli = createCli();
  const running = cli.start("model", "mock", "--port", "0");
  await until(() => running.written.stdout !== "");
  cli.signals.emit("SIGINT");
  expect(await running.ended).toEqual({
    code: 0,
    stdout: "stand-in for vLLM, model stand-in: http://127.0.0.1:<port>/v1\n",
    stderr: "",
  });
});

test("what can't be is refused", async () => {
  const cli = createCli();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const busy = await cli.run("model", "mock", "--port", String(port));
  taken.close();
  expect(busy.code).toBe(2);
  expect(busy.stderr).toMatch(/--port: listen EADDRINUSE/);
  expect((await cli.run("model", "mock", "--replicas", "1000")).stderr).toMatch(/--replicas: at most 256/);
  expect((await cli.run("model", "mock", "--speed", "0")).stderr).toMatch(/Expected a number above 0, or max/);
});
