import type { AttackEntry } from "../entry.ts";
import { and, prints } from "../expect.ts";
import { limited, py, sh } from "../kit.ts";
import { BRIEF, endedBy } from "./time-limits.ts";

export const sleeping: AttackEntry = {
  id: "A15",
  title: "Sleep for ever",
  variants: [
    { name: "sleep", run: limited(py`time.sleep(10 ** 6)`, BRIEF), expect: endedBy("wall") },
    { name: "in the shell", run: limited(sh`exec sleep 1000000`, BRIEF), expect: endedBy("wall") },
    {
      name: "on a lock that nobody frees",
      run: limited(
        py`
import threading
lock = threading.Lock()
lock.acquire()
lock.acquire()
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "on a pipe with a name that nobody opens",
      run: limited(
        py`
os.mkfifo("/tmp/pipe")
open("/tmp/pipe")
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "on a child that waits for its parent",
      run: limited(
        py`
reader, writer = os.pipe()
if os.fork() == 0: os.read(reader, 1)
os.wait()
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "with output already written",
      run: limited(
        py`
print("early", flush=True)
time.sleep(60)
`,
        BRIEF,
      ),
      expect: and(
        endedBy("wall"),
        "the output is kept",
        ({ stdout }) => Buffer.from(stdout.head).toString() === "early\n",
      ),
    },
  ],
  twins: [
    {
      run: py`
time.sleep(0.2)
print("awake")
`,
      prints: "awake\n",
    },
  ],
};

export const uninterruptible: AttackEntry = {
  id: "A18",
  title: "Uninterruptible wait",
  variants: [
    {
      name: "a vfork parent whose child never lets go",
      run: limited(
        py`
# vfork, then the child stops itself while the parent waits in the kernel.
machine(bytes.fromhex("b83a0000000f05") + bytes.fromhex("85c07509b8220000000f05ebf7") + bytes.fromhex("c3"))()
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "a stopped child under a parent that waits for it",
      run: limited(
        py`
import signal
pid = spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP))
os.waitpid(pid, 0)
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "a chain of pipes with names, each waiting for the next",
      run: limited(
        py`
for number in range(10): os.mkfifo(f"/tmp/{number}")
for number in range(9): spawn(lambda: open(f"/tmp/{number}").read() or open(f"/tmp/{number + 1}", "w"))
open("/tmp/9").read()
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "stopped children left behind",
      run: py`
import signal
pids = [spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP)) for _ in range(10)]
for pid in pids: os.waitpid(pid, os.WUNTRACED)
print("left", len(pids))
`,
      expect: prints("left 10\n"),
    },
  ],
  twins: [
    {
      run: py`
import subprocess
print(subprocess.run(["/bin/echo", "x"], capture_output=True).stdout)
`,
      prints: "b'x\\n'\n",
    },
  ],
};
