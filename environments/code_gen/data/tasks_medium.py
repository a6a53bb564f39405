"""The tasks of middling difficulty."""

from __future__ import annotations

from model import Task


def _values(count: int, seed: int, spread: int) -> list[int]:
    out: list[int] = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2**31
        out.append(seed // 65536 % (2 * spread + 1) - spread)
    return out


_CRATES = "\n".join(f"{3 + v % 17} {5 + v % 11}" for v in _values(60, 77, 9000))

TASKS: list[Task] = [
    Task(
        "folded-palindromes", "medium", r"""
Decide for each line of the input whether it is a palindrome when only letters and digits count. Prepare a line
in four steps: (1) bring it to Unicode normal form NFC; (2) apply full case folding, as `str.casefold` does, so
that `ß` becomes `ss`; (3) bring it to NFC again; (4) drop every code point whose general category begins
neither with L nor with N.

Input: UTF-8 text. Lines end with U+000A and with nothing else; the last one may lack it. There is no U+000D.

Output: one line for each line of the input: `YES` when what is left reads the same in both directions, code
point by code point, `NO` when it does not, and `EMPTY` when nothing is left.
""",
        ["Never odd or even\nAlmost!\n...\n", "Straße eßarts\nNo lemon, no melon", "\n", "éxe\u0301\n", "ßss\nẞ\n",
         "a\u2028b\nba\u0085ab\n", "1 2 3 2 1\n12\n\n½x½\n", "Αβ ΣΑς βα\nДовод\n", "ﬁif\nﬁ fi\n", "x" * 4000 + "y" + "X" * 4000,
         "İi\u0307\n\u0307\n", "日本日\n本日\n"],
    ),
    Task(
        "run-length-codec", "medium", r"""
A text is encoded run by run, a run being a longest stretch of one repeated character. A run of L characters c is
written as L in decimal followed by c, or as c alone when L = 1. Where c is one of the ten digits 0-9 or a
backslash, a backslash is put before c. So `aaab` is encoded as `3ab` and `11111\` as `5\1\\`.

Input: the number of orders q (1 <= q <= 200), then q lines `E text` or `D text`, text being one or more
characters without blanks.

Output: for `E` the encoded text. For `D` the text whose encoding is exactly the one given; print `BAD` where no
text has that encoding, or where that text would be longer than 1000 characters.
""",
        ["4\nE aaab\nD 3ab\nE 11111\\\nD 5\\1\\\\\n", "3\nD aa\nD 1a\nD 2a2a\n", "1\nE z\n",
         "6\nD 3\nD \\\nD \\a\nD 2\\\nD 0a\nD 02a\n", "3\nE 000\nE \\\\\nD 3\\02\\\\\n",
         "3\nD 1000x\nD 1001x\nD 999x2y\n", "2\nE ééé٣٣\nD 2é٣\n", "2\nD 10000000000000000000000000a\nD 7b\n",
         "3\nD a2b\nD 2ab2a\nD 12\n", "1\nE " + "k" * 1000 + "\n", "2\nD 600a600b\nD 2\\\\2\\2\n"],
    ),
    Task(
        "lantern-order", "medium", r"""
Lanterns are lit one after the other, and some must be lit before others.

Input: the first line holds n and m (1 <= n <= 2000, 0 <= m <= 10000). Then n lines with one name each; the
names are distinct and contain no blanks. Then m lines `a b`, which say that a must be lit before b; the same
line may come several times, and a may equal b (then a can never be lit).

At every step the lantern lit is, among those not yet lit whose forerunners are all lit, the one whose name
comes first by Unicode code points.

Output: where all can be lit, one line with the names in the order of lighting, separated by single spaces.
Otherwise two lines: `CYCLE`, and the number of lanterns that are never lit.
""",
        ["4 3\nd\nc\nb\na\nd a\nc a\nb c\n", "3 2\nx\ny\nz\nx y\ny x\n", "1 0\nsolo\n", "1 1\nme\nme me\n",
         "3 3\na\nb\nc\nc a\nc a\nc b\n", "5 4\nn10\nn9\nN1\nn1\nö\nö n1\nn10 N1\nn9 N1\nn9 n1\n",
         "5 5\na\nb\nc\nd\ne\na b\nb c\nc b\nc d\ne a\n", "6 0\nf\nb\nd\na\nc\ne\n",
         "5 4\nz\na\nm\nb\ny\nz a\na b\nm y\nz m\n",
         "1500 1499\n" + "\n".join(f"k{i}" for i in range(1500)) + "\n" + "\n".join(f"k{i + 1} k{i}" for i in range(1499)) + "\n"],
    ),
    Task(
        "crate-manifest", "medium", r"""
A barge carries crates up to a total weight of W. Choose the crates so that their total value is the largest
possible; of the choices with that value, the one of the smallest total weight; of those that are still equal,
the one whose ascending list of crate numbers is the smallest in lexicographic order (the first number that
differs decides).

Input: the first line holds n and W (0 <= n <= 60, 0 <= W <= 1000). Then n lines with the weight
(1 <= weight <= 1000) and the value (1 <= value <= 10^18) of crates 1, 2, ..., n.

Output: a line with the total value and the total weight, and a line with the numbers of the chosen crates in
ascending order, separated by single spaces, or `NONE` when no crate is chosen.
""",
        ["3 10\n6 30\n5 20\n5 20\n", "4 5\n2 3\n3 4\n3 4\n2 3\n", "0 50\n", "1 3\n4 9\n", "2 0\n1 1\n1 1\n",
         "3 4\n4 7\n2 3\n2 4\n", "5 6\n3 5\n3 5\n3 5\n2 4\n1 1\n", "2 1000\n1 1000000000000000000\n999 999999999999999999\n",
         "4 7\n1 1\n6 9\n3 5\n4 5\n", f"60 300\n{_CRATES}\n", "2 5\n5 4\n3 4\n", "4 4\n1 1\n2 2\n2 2\n3 3\n",
         "3 10\n5 9007199254740993\n5 9007199254740992\n5 9007199254740993\n"],
    ),
    Task(
        "torus-cursor", "medium", r"""
A cursor walks over a board of R rows and C columns whose edges are joined: leaving it on one side means entering
on the opposite side. It starts in the top left cell (row 0, column 0) and faces east. Each step has two parts:
first it obeys the cell it stands on, then it moves one cell in the direction it faces.

Cells: `.` nothing; `L` turn left by 90 degrees; `R` turn right by 90 degrees; `S` face north, whatever the
direction was.

Input: a line with R, C and the number of steps k (1 <= R, C <= 60, 0 <= k <= 10^18), then R lines of C
characters each.

Output: one line with row, column and direction (`N`, `E`, `S` or `W`) after k steps.
""",
        ["2 3 4\n..R\n...\n", "3 3 5\n.S.\n...\n.L.\n", "1 1 1000000000000000000\n.\n", "1 1 0\nR\n", "1 1 7\nL\n",
         "4 5 999999999999999999\n..R..\n.S...\n..L.R\nR...L\n", "3 4 1000000000000000000\n..R.\n....\n..S.\n",
         "5 5 123456789\n....R\n.R...\n..S..\nL....\n...L.\n", "1 6 13\n......\n", "6 1 100\nR\n.\n.\n.\n.\n.\n",
         "2 2 3\nRL\nLR\n", "5 4 999999999999999969\nLRSS\n.RS.\n.L.L\nRS.S\n.R..\n",
         "4 5 999999999999999986\n...S.\n..L..\n..R..\nLSS.S\n", "7 7 98765432109876543\n...R...\n.L.....\n......S\n...L...\n..R....\n.....R.\nS......\n"],
    ),
    Task(
        "roman-strict", "medium", r"""
`romanToInt(s)` reads a Roman number in its one standard form: the symbols I V X L C D M, the subtractive pairs
IV IX XL XC CD CM, every decimal place written in the usual shortest way, and values from 1 to 3999. It returns
the value as an int. Where the string is anything else (another form of a number such as `IIII` or `IC`, lower
case, an empty string, any blank or line break, any other character) it returns None.
""",
        [["MCMXCIV"], ["IIII"], [""], ["XIV\n"], ["xiv"], ["MMMCMXCIX"], ["MMMM"], ["IC"], ["VX"], [" V"], ["IXI"],
         ["DCCCXC"], ["XLX"], ["\u2160"]],
        fn_name="romanToInt", form="a `class Solution:` with the method `romanToInt(self, s)`",
    ),
    Task(
        "window-medians", "medium", r"""
`windowMedians(values, k)` gets a list of whole numbers (|value| < 2^40, at most 3000 of them) and k >= 1, and
returns the list of the medians of values[0:k], values[1:k+1] and so on, one for each full window, as floats.
For an even k the median is the mean of the two middle numbers. Where k is larger than the number of values,
the result is the empty list. The list it gets must be left unchanged.
""",
        [[[5, 1, 4, 4], 3], [[1, 2, 4, 8], 2], [[], 1], [[7], 1], [[7], 2], [[3, 3, 3, 3], 4], [[-5, -2, -2, -9], 2],
         [[2**39 + 1, -(2**39), 2**39, 0], 2], [[1099511627775, 1099511627774, 1], 2], [[9, 8, 7, 6, 5, 4, 3], 7],
         [[-1, 0, -1, 0, 5], 4], [_values(1500, 5, 400), 101], [[4, -4, 4, -4, 4], 1]],
        fn_name="windowMedians", form="a `class Solution:` with the method `windowMedians(self, values, k)`",
    ),
    Task(
        "cache-replay", "medium", r"""
Replay a log on a cache that holds at most `capacity` entries (0 <= capacity <= 1000) and drops the least recently
used entry when it has to make room. Entries of the log, at most 5000:

* `["put", key, value]`: store the value. A key already held gets the new value and becomes the most recently
  used. A new key becomes the most recently used; when the cache is full, the least recently used entry is
  dropped first. With capacity 0 a put does nothing at all.
* `["get", key]`: a hit when the key is held, which makes it the most recently used; otherwise a miss.
* `["peek", key]`: counts as a hit or a miss just as get does, but changes nothing in the order of use.

Keys are strings, values are whole numbers.

`replay(capacity, log)` returns a dict with exactly these keys: `"hits"` and `"misses"` (counts), `"dropped"` (list
of the dropped keys in order, a key as often as it was dropped) and `"held"` (list of [key, value] at the end,
least recently used first).
""",
        [[2, [["put", "a", 1], ["put", "b", 2], ["get", "a"], ["put", "c", 3], ["get", "b"]]],
         [2, [["put", "a", 1], ["put", "b", 2], ["peek", "a"], ["put", "c", 3]]], [3, []], [0, [["put", "a", 1], ["get", "a"]]],
         [1, [["put", "a", 1], ["put", "a", 2], ["get", "a"], ["put", "b", 0], ["peek", "b"]]],
         [2, [["put", "a", 1], ["put", "b", 2], ["put", "a", 9], ["put", "c", 3], ["get", "b"], ["get", "a"]]],
         [2, [["put", "k", 0], ["get", "k"], ["put", "k", -7], ["peek", "k"], ["peek", "q"]]],
         [1, [["put", "a", 1], ["put", "b", 1], ["put", "a", 1], ["put", "b", 1]]],
         [3, [["put", "é", 1], ["put", "\"", 2], ["put", "", 3], ["get", "é"], ["put", "日", 4]]],
         [40, [["put" if v % 3 == 0 else "get" if v % 3 == 1 else "peek", f"k{v // 3 % 70}"] + ([v] if v % 3 == 0 else [])
               for v in _values(600, 11, 500)]]],
        fn_name="replay", form="a function `replay(capacity, log)`",
    ),
    Task(
        "rotate-rings", "medium", r"""
The cells of a matrix form rings: the outermost ring is its border, the next ring is the border of what is left
within, and so on. List a ring by walking clockwise from its top left cell, visiting each cell once; a ring that
is a single row is walked from left to right, one that is a single column from top to bottom.

`rotate_rings(matrix, k)` returns a new matrix in which the content of every ring has moved k places forward on
its walk, the last places following on the first (k < 0 moves it backward). |k| <= 10^18. The matrix has at most
60 rows and 60 columns, all rows equally long, and may be []. The matrix it gets must be left unchanged.
""",
        [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]], 1], [[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], -1], [[], 5], [[[7]], 3],
         [[[1, 2, 3, 4]], 1], [[[1], [2], [3]], 2], [[[1, 2], [3, 4]], 10**18], [[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]], 3],
         [[[1, 1, 2], [1, 3, 2], [0, 4, 2], [0, 0, 5]], -(10**18)], [[[1, 2, 3], [4, 5, 6]], 0],
         [[[r * 7 + c for c in range(7)] for r in range(5)], 4], [[[r * 6 + c for c in range(6)] for r in range(6)], -13]],
        fn_name="rotate_rings", form="a function `rotate_rings(matrix, k)`",
    ),
    Task(
        "workday-shift", "medium", r"""
`shift_workdays(day, n, weekend, holidays)` counts workdays in the Gregorian calendar. `day` and `holidays` are
dates written YYYY-MM-DD (the year always with four digits), `weekend` lists weekday numbers from 1 (Monday) to
7 (Sunday), at most six different ones. A workday is a day that is neither on a weekend weekday nor a holiday.
Both lists may be empty or contain repetitions.

For n > 0 return the n-th workday after `day`, for n < 0 the |n|-th workday before it (`day` itself is never
counted, whether it is a workday or not). For n = 0 return `day` if it is a workday, otherwise the first workday
after it. |n| <= 20000. Return the date as a string in the same form, or None where the answer would lie before
0001-01-01 or after 9999-12-31.
""",
        [["2024-02-28", 2, [6, 7], ["2024-02-29"]], ["2023-12-30", 0, [6, 7], ["2024-01-01"]], ["2024-03-01", -1, [6, 7], []],
         ["2100-02-28", 1, [], []], ["2024-05-05", 1, [7, 7], ["2024-05-06", "2024-05-06", "2024-05-12"]],
         ["0999-12-30", 1, [], []], ["9999-12-31", 1, [], []], ["0001-01-01", -1, [6, 7], []], ["0001-01-01", 0, [], []],
         ["9999-12-31", 0, [5], []], ["2000-02-27", 2, [], []], ["2024-06-12", -20000, [5, 6], ["2000-01-03"]],
         ["2021-07-03", 20000, [1, 2, 3, 4, 5, 6], []], ["1999-12-31", 10, [6, 7], ["2000-01-03", "2000-01-08"]]],
        fn_name="shift_workdays", form="a function `shift_workdays(day, n, weekend, holidays)`",
    ),
]
