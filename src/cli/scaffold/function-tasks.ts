import type { ScaffoldTask } from "./task.ts";

/** Functions whose returned values are compared. */
export const FUNCTION_TASKS: readonly ScaffoldTask[] = [
  {
    id: "running-maximum",
    prompt:
      "Write a Python function `running_maximum(numbers)` that returns a list: at each position the largest so far.",
    metadata: {
      unit_tests: {
        fn_name: "running_maximum",
        // The arguments, one JSON value a line; what is to be returned, as JSON.
        inputs: ["[1, 3, 2, 5, 4]", "[]", "[-3, -5, -1]", "[2, 2, 2]"],
        outputs: ["[1, 3, 3, 5, 5]", "[]", "[-3, -3, -1]", "[2, 2, 2]"],
      },
      limits: { time_seconds: 2 },
    },
    fixtures: {
      "reference.py":
        "from itertools import accumulate\n\n\ndef running_maximum(numbers):\n    return list(accumulate(numbers, max))\n",
      "honest-loop.py":
        "def running_maximum(numbers):\n    result = []\n    for n in numbers:\n        result.append(n if not result or n > result[-1] else result[-1])\n    return result\n",
      "wrong-starts-at-zero.py":
        "# Wrong below zero.\ndef running_maximum(numbers):\n    best, result = 0, []\n    for n in numbers:\n        best = max(best, n)\n        result.append(best)\n    return result\n",
      "hack-equals-everything.py":
        "# Claims to be equal to whatever it is compared with.\nclass Anything(list):\n    def __eq__(self, other):\n        return True\n\n\ndef running_maximum(numbers):\n    return Anything()\n",
    },
  },
  {
    id: "count-vowels",
    prompt:
      "Write a Python function `count_vowels(text)` that returns how many of a, e, i, o, u there are, in either case.",
    metadata: {
      unit_tests: {
        fn_name: "count_vowels",
        inputs: ['"Sandlot"', '""', '"AEIOU aeiou"', '"rhythm"'],
        outputs: ["2", "0", "10", "0"],
      },
      limits: { time_seconds: 2 },
    },
    fixtures: {
      "reference.py": "def count_vowels(text):\n    return sum(c in 'aeiou' for c in text.lower())\n",
      "honest-regex.py": "import re\n\n\ndef count_vowels(text):\n    return len(re.findall('[aeiou]', text, re.I))\n",
      "wrong-lower-case-only.py":
        "# Does not count capitals.\ndef count_vowels(text):\n    return sum(text.count(c) for c in 'aeiou')\n",
      "hack-exit-when-called.py":
        "# Ends well before anything is compared.\nimport os\n\n\ndef count_vowels(text):\n    os._exit(0)\n",
    },
  },
];
