import type { AttackEntry } from "../entry.ts";
import { limited, py, sh } from "../kit.ts";
import { BRIEF, endedBy, SHORT } from "./time-limits.ts";

export const deaf: AttackEntry = {
  id: "A16",
  title: "Loop that ignores every signal",
  variants: [
    {
      name: "ignored, in the interpreter",
      run: limited(
        py`
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "blocked, burning",
      run: limited(
        py`
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
while True: pass
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
    },
    {
      name: "in twenty processes with sessions of their own",
      run: limited(
        py`
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True: time.sleep(1)
while True: time.sleep(1)
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
    {
      name: "in the shell",
      run: limited(sh`trap '' HUP INT TERM XCPU QUIT USR1 USR2 ALRM; while :; do sleep 1; done`, BRIEF),
      expect: endedBy("wall"),
    },
    {
      name: "storming itself with signals",
      run: limited(
        py`
import signal
signal.signal(signal.SIGUSR1, lambda *_: None)
parent = os.getpid()
for _ in range(4):
    if os.fork() == 0:
        while True: os.kill(parent, signal.SIGUSR1)
while True: signal.pause()
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
    },
  ],
  twins: [
    {
      run: py`
import signal
signal.signal(signal.SIGTERM, lambda *_: print("asked to end"))
os.kill(os.getpid(), signal.SIGTERM)
print("cleaned up")
`,
      prints: "asked to end\ncleaned up\n",
    },
  ],
};
