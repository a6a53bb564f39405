import type { AttackEntry } from "../entry.ts";
import { typed } from "../expect.ts";
import { limited, py } from "../kit.ts";
import { BRIEF, endedBy, SHORT } from "./time-limits.ts";

export const oneLongCall: AttackEntry = {
  id: "A21",
  title: "Blow-ups inside one call that holds the interpreter's lock",
  variants: [
    {
      name: "a huge power",
      run: limited(py`print(3 ** (10 ** 9) % 7)`, SHORT),
      expect: typed("time_limit", "memory_limit"),
    },
    {
      name: "a regular expression",
      run: limited(
        py`
import re
re.match(r"(a+)+$", "a" * 40 + "b")
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
    },
    {
      name: "a sum over a range without an end",
      run: limited(py`sum(range(10 ** 12))`, SHORT),
      expect: endedBy("cpu"),
    },
    {
      name: "a sort that compares for ever",
      run: limited(
        py`
class Slow:
    def __lt__(self, other): return sum(range(10 ** 7)) < 0
sorted([Slow() for _ in range(1000)])
`,
        SHORT,
      ),
      expect: endedBy("cpu"),
    },
    {
      name: "a decompression bomb",
      run: limited(
        py`
import zlib
small = zlib.compress(bytes(30 << 20), 9)
hoard = []
while True: hoard.append(zlib.decompress(small))
`,
        { cpuMs: 4000 },
      ),
      expect: typed("memory_limit"),
    },
    { name: "a text that is repeated", run: py`"x" * (10 ** 11)`, expect: typed("memory_limit") },
    {
      name: "a sleep in C with every signal blocked",
      run: limited(
        py`
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
libc.sleep(1000)
`,
        BRIEF,
      ),
      expect: endedBy("wall"),
    },
  ],
  twins: [
    {
      run: py`
import re
print(pow(3, 10 ** 6, 7), len(re.findall(r"\d+", "1 22 333")), sum(range(10 ** 6)))
`,
      prints: "4 3 499999500000\n",
    },
  ],
};
