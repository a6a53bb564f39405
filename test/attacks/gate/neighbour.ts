import { createHash } from "node:crypto";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import type { AttackRun } from "../entry.ts";
import { statusOf, textOf } from "../expect.ts";
import type { Arena } from "./arena.ts";

const ROUNDS = 12;

/** An ordinary program that uses a little of everything: time, files, a pipe, a thread, a child, a socket pair. */
const SOURCE = `
import hashlib, os, socket, tempfile, threading, time
seed = input().encode()
value = seed
for round in range(${ROUNDS}):
    value = hashlib.sha256(value).digest()
    with tempfile.NamedTemporaryFile() as file:
        file.write(value)
        file.flush()
        value = hashlib.sha256(open(file.name, "rb").read()).digest()
    left, right = socket.socketpair()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, right.recv(64))
        os._exit(0)
    left.send(value)
    held = []
    thread = threading.Thread(target=lambda: held.append(os.read(reader, 64)))
    thread.start()
    thread.join()
    os.waitpid(pid, 0)
    value = hashlib.sha256(held[0]).digest()
    for end in (reader, writer):
        os.close(end)
    left.close()
    right.close()
    time.sleep(0.01)
print(value.hex(), sorted(os.listdir("/workspace")))
`;

function answerOf(seed: string): string {
  let value = Buffer.from(seed);
  for (let i = 0; i < 3 * ROUNDS; i++) value = createHash("sha256").update(value).digest();
  return `${value.toString("hex")} []\n`;
}

let seeds = 0;

/** One honest run; null, or how it was wronged. */
export async function playNeighbour(arena: Arena, sandbox: Sandbox | null): Promise<string | null> {
  const seed = `neighbour ${++seeds}`;
  const run: AttackRun = {
    program: { interpreter: "python", source: SOURCE },
    stdin: Buffer.from(`${seed}\n`),
  };
  const result = await arena.run(sandbox, run);
  const out = textOf(result.stdout);
  if (statusOf(result) === "ok" && out === answerOf(seed)) return null;
  const { exit, limit } = result;
  return `${statusOf(result)} ${JSON.stringify({ exit, limit, out, err: textOf(result.stderr).slice(-400) })}`;
}
