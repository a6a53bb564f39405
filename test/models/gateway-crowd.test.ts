import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { closedAfterEach } from "./closed-after-each.ts";
import { startGateway } from "./start-gateway.ts";

const closing = closedAfterEach();

const CROWD = 1_000;
/** Connects, and says how many of the connections stand after a second. */
const CALLERS = `
  const [port, count] = process.argv.slice(1).map(Number);
  const { connect } = require("node:net");
  let standing = 0;
  for (let i = 0; i < count; i++) connect(port, "127.0.0.1").on("connect", () => standing++).on("error", () => {});
  setTimeout(() => { console.log(standing); process.exit(0); }, 1_000);
`;

const SETTING = "/proc/sys/net/core/somaxconn";
const most = existsSync(SETTING) ? Number(readFileSync(SETTING, "utf8")) : 0;

it.skipIf(most < CROWD)("agents that come while the gateway is busy are not turned away", async () => {
  const gateway = await startGateway(closing);
  const callers = spawn(process.execPath, ["-e", CALLERS, new URL(gateway.root).port, String(CROWD)]);
  const told = once(callers.stdout, "data");
  await once(callers, "spawn");
  // Nothing is accepted meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  const [standing] = (await told) as [Buffer];
  expect(Number(standing.toString())).toBe(CROWD);
});
