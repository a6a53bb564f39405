import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { encodeFrame, encodeJsonFrame, FRAME, FrameDecoder } from "../../src/sandbox/agent/frames.ts";

const TOKEN = "the token";
const agentFolder = join(import.meta.dirname, "../../sandboxes/agent");
const LET_IN = `
import sys
sys.path.insert(0, sys.argv[1])
import doorkeeper
sock, greeting, received = doorkeeper.let_host_in("127.0.0.1:" + sys.argv[2], sys.argv[3].encode())
print(len(received), flush=True)
sock.setblocking(True)
sock.sendall(b"welcome" + sock.recv(100))
`;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

interface Door {
  readonly port: number;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  stderr(): string;
}

/** A doorkeeper by itself, as the agent runs it. */
async function openDoor(): Promise<Door> {
  const port = await freePort();
  const process = spawn("python3", ["-c", LET_IN, agentFolder, String(port), TOKEN]);
  closers.push(() => process.kill("SIGKILL"));
  let stderr = "";
  process.stderr.on("data", (data: Buffer) => (stderr += String(data)));
  const exited = once(process, "exit").then(([code]) => code as number | null);
  for (let tries = 0; tries < 200; tries++) {
    const socket = await caller({ port }).catch(() => null);
    if (socket) return { port, process, exited, stderr: () => stderr };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the doorkeeper does not listen: ${stderr}`);
}

async function caller({ port }: { readonly port: number }): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  closers.push(() => socket.destroy());
  await once(socket, "connect");
  socket.on("error", () => undefined);
  return socket;
}

async function nonceOf(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  const [hello] = new FrameDecoder().feed(chunk);
  expect(hello?.type).toBe(FRAME.HELLO);
  return (JSON.parse(String(hello?.payload)) as { nonce: string }).nonce;
}

function auth(nonce: string, token = TOKEN): Buffer {
  const proof = createHmac("sha256", token).update(`host|${nonce}|ours`).digest("hex");
  return encodeJsonFrame(FRAME.AUTH, 0, { version: 1, nonce: "ours", proof, config: {} });
}

/** Resolves when the other side has ended the connection. */
const endOf = (socket: Socket) => (socket.destroyed ? Promise.resolve() : once(socket.resume(), "close"));

describe("the door of an agent that listens on TCP", () => {
  it("stays open to the host while strangers come, say nonsense, and stay", async () => {
    const door = await openDoor();
    const silent = await Promise.all([caller(door), caller(door), caller(door)]);
    const deep = "[".repeat(60_000);
    const nonsense = [
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.alloc(16, 0xff),
      encodeFrame(FRAME.RENEW, 0, Buffer.from("{}")),
      encodeFrame(FRAME.AUTH, 0, Buffer.from(deep)),
      encodeJsonFrame(FRAME.AUTH, 0, { version: 1, nonce: ["x"], proof: 7 }),
      encodeJsonFrame(FRAME.AUTH, 0, { version: 1, nonce: "ours", proof: "ünicode" }),
      encodeJsonFrame(FRAME.AUTH, 0, []),
    ];
    for (const bytes of nonsense) {
      const stranger = await caller(door);
      stranger.write(bytes);
      await endOf(stranger);
    }
    const host = await caller(door);
    const nonce = await nonceOf(host);
    const request = auth(nonce);
    // In two parts: what has come so far is kept.
    host.write(request.subarray(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 50));
    host.write(request.subarray(20));
    const [count] = (await once(door.process.stdout as Socket, "data")) as [Buffer];
    expect(Number(String(count))).toBe(request.length);
    host.write("!");
    const [welcome] = (await once(host, "data")) as [Buffer];
    expect(String(welcome)).toBe("welcome!");
    // Nobody listens any more, and those who stood there were sent away.
    await Promise.all(silent.map(endOf));
    await expect(caller(door)).rejects.toThrow(/ECONNREFUSED/);
    expect(await door.exited).toBe(0);
  });

  it("lets nobody in who proves another token, or what was proved on another connection", async () => {
    const door = await openDoor();
    const wrong = await caller(door);
    wrong.write(auth(await nonceOf(wrong), "another token"));
    await endOf(wrong);
    const first = await caller(door);
    const second = await caller(door);
    const nonce = await nonceOf(first);
    second.write(auth(nonce));
    await endOf(second);
    expect(door.process.exitCode).toBe(null);
    first.write(auth(nonce));
    await once(door.process.stdout as Socket, "data");
  });

  it("gives the place of the one that has waited longest to the next", async () => {
    const door = await openDoor();
    const crowd: Socket[] = [];
    for (let count = 0; count < 20; count++) crowd.push(await caller(door));
    await Promise.all(crowd.slice(0, 12).map(endOf));
    const host = await caller(door);
    host.write(auth(await nonceOf(host)));
    await once(door.process.stdout as Socket, "data");
  });

  it("gives up after so many attempts", async () => {
    const door = await openDoor();
    for (let count = 0; count < 300; count++) {
      const stranger = await caller(door).catch(() => null);
      if (!stranger) break;
      stranger.destroy();
    }
    expect(await door.exited).toBe(1);
    expect(door.stderr()).toBe("nobody proved to be the host in 256 attempts\n");
  });
});
