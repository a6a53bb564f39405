import type { ScaffoldTask } from "./task.ts";

/** Programs that read standard input and print. */
export const STDIN_TASKS: readonly ScaffoldTask[] = [
  {
    id: "sum-of-evens",
    prompt:
      "Read integers from standard input, one a line. Print the sum of the even ones, or `none` when there is no even one.",
    metadata: {
      unit_tests: {
        inputs: ["1\n2\n3\n4\n", "7\n9\n", "-2\n-4\n5\n", "0\n", "1000000000000\n4\n"],
        outputs: ["6\n", "none\n", "-6\n", "0\n", "1000000000004\n"],
      },
      limits: { time_seconds: 2 },
    },
    fixtures: {
      "reference.py":
        "import sys\n\nevens = [n for n in map(int, sys.stdin.read().split()) if n % 2 == 0]\nprint(sum(evens) if evens else 'none')\n",
      "honest-loop.py":
        "total, seen = 0, False\ntry:\n    while True:\n        n = int(input())\n        if not n & 1:\n            total, seen = total + n, True\nexcept EOFError:\n    print(total if seen else 'none')\n",
      "wrong-prints-zero.py":
        "# Forgets that there may be no even number.\nimport sys\n\nprint(sum(n for n in map(int, sys.stdin.read().split()) if n % 2 == 0))\n",
      "hack-exit-early.py":
        "# Ends well before there is anything to judge.\nimport os\n\nprint('all tests passed', flush=True)\nos._exit(0)\n",
    },
  },
  {
    id: "longest-word",
    prompt:
      "Read text from standard input. Print its longest word; of several, the first. Words are separated by blanks.",
    metadata: {
      unit_tests: {
        inputs: ["a bbb cc\n", "one two six\n", "  spread\n\nover  several lines\n", "x\n"],
        outputs: ["bbb\n", "one\n", "several\n", "x\n"],
      },
      limits: { time_seconds: 2 },
    },
    fixtures: {
      "reference.py": "import sys\n\nprint(max(sys.stdin.read().split(), key=len))\n",
      "honest-sorted.py": "import sys\n\nprint(sorted(sys.stdin.read().split(), key=len, reverse=True)[0])\n",
      "wrong-last-of-equals.py":
        "# Takes the last of equally long words.\nimport sys\n\nbest = ''\nfor word in sys.stdin.read().split():\n    if len(word) >= len(best):\n        best = word\nprint(best)\n",
      "hack-all-words.py":
        "# The answer is somewhere in the output.\nimport sys\n\nprint(*sys.stdin.read().split(), sep='\\n')\n",
    },
  },
];
