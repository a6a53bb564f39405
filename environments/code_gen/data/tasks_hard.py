"""The hard tasks: traps in the rules, or inputs too large for a plain approach."""

from __future__ import annotations

from model import Task

GENERATOR = r"""
Large inputs are given by a generator. It keeps a number x, which starts as the seed; `next()` sets
x = (x * 1103515245 + 12345) mod 2^31 and then gives the whole part of x / 65536.
"""

_DEEP = "(" * 3000 + "7" + ")" * 3000
_CHAIN = "1" + "-1" * 1500

TASKS: list[Task] = [
    Task(
        "formula-lines", "hard", r"""
Evaluate formulas over whole numbers of any size, exactly. Blanks (spaces) may stand between tokens and mean
nothing else. The grammar:

    sum   := term  { ("+" | "-") term }
    term  := unary { ("*" | "/" | "%") unary }
    unary := "-" unary | power
    power := atom [ "^" unary ]
    atom  := NUMBER | "(" sum ")"

NUMBER is one or more of the digits 0-9. The operators of sum and term group from the left. `/` is division
rounded toward zero, and a % b is a - (a / b) * b with that division. `^` is the power, and 0^0 is 1.

Input: the number of formulas n (1 <= n <= 100), then n lines, each of them a formula of at most 10000
characters, which may be empty.

Output: for each formula one line with its value, or `ERROR` when it does not follow the grammar, or when anywhere
in it something is divided by zero (by `/` or `%`) or raised to a negative power. No value on the way is longer
than 1000 decimal digits.
""",
        ["4\n1 + 2 * 3\n-7 / 2\n2^3^2\n(1 + 2\n", "4\n-2^2\n2^-1\n2 * -3\n--5\n", "3\n\n   \n()\n",
         "6\n-7 % 3\n7 % -3\n-7 / -2\n7 / -2\n0 % 5\n5 % 0\n", "4\n1 2\n3 +\n* 4\n2 (3)\n", f"1\n{_DEEP}\n",
         f"2\n{_CHAIN}\n{'-' * 3001}4\n", "3\n2^200\n(2^64 + 1) * (2^64 - 1)\n99999999999999999999 / 7\n",
         "4\n0^0\n2^-0\n0 * (1 / 0)\n2^-3^2\n", "4\n100 / 7 / 2\n100 / 7 * 7\n10 - 3 - 2\n20 % 7 * 3\n",
         "4\n+3\n1.5\n3--2\n3-(-(2))\n", "3\n10^20 / 10^19\n-(10^30) / 7\n(-2)^3\n", "2\n)(\n1 $ 2\n"],
    ),
    Task(
        "ferry-route", "hard", r"""
Ports are numbered 1 to n, and a ferry line takes you from port u to port v (in this direction only) for a fare.
Find the trip from port 1 to port n with the smallest total fare; of several, one with the fewest lines; of
several still, the one whose list of ports is the smallest in lexicographic order (ports compared as numbers).
""" + GENERATOR + r"""
Input: the first line holds n, m and a seed s (1 <= n <= 5000, 0 <= m <= 20000). If s is 0, m lines `u v fare`
follow (0 <= fare <= 10^15). Otherwise the m lines are generated: for each of them in turn u = 1 + next() mod n,
then v = 1 + next() mod n, then fare = next() mod 4. A line may lead from a port to itself, and several may join
the same two ports.

Output: where there is no trip, `NO ROUTE`. Otherwise two lines: the total fare and the number of lines used,
and the ports of the trip in order. For n = 1 the trip is the port itself, without any line.
""",
        ["4 4 0\n1 2 1\n2 4 1\n1 3 1\n3 4 1\n", "3 3 0\n1 2 0\n2 3 5\n1 3 5\n", "1 0 0\n", "2 0 0\n", "2 1 0\n2 1 3\n",
         "1 1 0\n1 1 0\n", "5 6 0\n1 4 1\n4 5 1\n1 3 0\n3 5 2\n1 2 1\n2 5 1\n",
         "6 8 0\n1 2 0\n2 1 0\n2 3 0\n3 2 0\n3 6 7\n1 4 3\n4 6 4\n1 6 7\n", "3 4 0\n1 2 9\n1 2 4\n2 3 1000000000000000\n2 3 999999999999999\n",
         "12 5 0\n1 10 1\n1 9 1\n10 12 1\n9 12 1\n12 1 0\n", "4000 20000 12345\n", "900 20000 7\n", "5000 6000 99\n", "60 9000 4\n"],
    ),
    Task(
        "stage-bookings", "hard", r"""
A stage can be let to one group at a time. A request has a start, an end and a fee, and occupies the time from
its start up to its end, the end not included. After a group leaves, g units of time are needed for cleaning
before the next group may start. Accept requests so that the sum of the fees is the largest possible, and count
the different sets of requests that reach this sum. Requests are different things even when all their numbers
are equal.
""" + GENERATOR + r"""
Input: the first line holds n, g and a seed s (0 <= n <= 20000, 0 <= g <= 1000). If s is 0, n lines
`start end fee` follow (-10^9 <= start < end <= 10^9, 1 <= fee <= 10^12). Otherwise they are generated: for each
in turn start = next(), then end = start + 1 + next() mod 40, then fee = 1 + next() mod 9.

Output: one line with the largest sum and the number of sets that reach it, modulo 1000000007.
""",
        ["3 0 0\n1 3 5\n3 6 4\n2 5 8\n", "3 1 0\n1 3 5\n3 6 4\n2 5 8\n", "0 0 0\n", "1 5 0\n-3 9 2\n",
         "4 0 0\n0 10 10\n0 5 5\n5 10 5\n5 10 5\n", "2 0 0\n4 6 3\n4 6 3\n", "3 1000 0\n0 1 1\n1001 1002 1\n1000 1001 1\n",
         "5 2 0\n-10 -5 7\n-3 0 7\n-4 0 9\n2 4 1\n1 9 2\n", "80 0 0\n" + "\n".join(f"{i // 2} {i // 2 + 1} 1" for i in range(80)) + "\n",
         "2 0 0\n-1000000000 1000000000 1000000000000\n0 1 999999999999\n", "20000 0 2024\n", "20000 3 5\n", "15000 40 77\n"],
    ),
    Task(
        "power-tower", "hard", r"""
Compute a to the power of (b to the power of c), modulo m. Here 0 to the power of 0 is 1, wherever it occurs.

Input: the number of questions t (1 <= t <= 5), then t lines `a b c m` (0 <= a, b, c <= 10^18, 1 <= m <= 10^12).

Output: for each question one line with the result, a number from 0 to m - 1.
""",
        ["3\n2 3 2 1000\n3 0 5 7\n5 2 10 13\n", "2\n2 2 2 8\n6 1 9 4\n", "3\n0 0 0 5\n0 0 3 5\n0 5 0 5\n", "1\n7 7 7 1\n",
         "1\n2 3 1000000000000000000 1000000000000\n", "2\n10 3 2 1000000\n2 2 5 4294967296\n",
         "2\n999999999989 2 1000000000000000000 999999999989\n3 1000000000000000000 1000000000000000000 999999999989\n",
         "3\n12 4 3 720720\n6 10 9 36\n2 1 1000000000000000000 3\n", "1\n1000000000000000000 999999999999999999 999999999999999998 999999000001\n",
         "4\n0 9 9 10\n1 9 9 10\n10 2 1 100\n2 5 1 64\n", "2\n2 39 1 1000000000000\n2 0 0 1000000000000\n"],
    ),
    Task(
        "undo-islands", "hard", r"""
There are n islands, numbered 1 to n, and at first no bridges. Islands that are connected by bridges, directly or
not, form a group. Orders come in turn:

* `J a b` builds a bridge between a and b (a may equal b, and there may be a bridge already);
* `U` removes the latest bridge that is still standing; without any bridge it does nothing;
* `A a b` asks whether a and b are in the same group.
""" + GENERATOR + r"""
Input: the first line holds n, q and a seed s (1 <= n, q <= 30000). If s is 0, q lines with orders follow.
Otherwise each order is generated in turn: r = next() mod 10; for r < 5 it is `J`, for 5 <= r < 8 it is `U`, else it is
`A`. For `J` and `A`, a = 1 + next() mod n and then b = 1 + next() mod n follow.

Output: one line with three numbers: the number of groups at the end, how often an `A` was answered by yes, and
the sum of i * (number of groups after order i) over all orders i = 1, 2, ..., q.
""",
        ["4 6 0\nJ 1 2\nJ 2 3\nA 1 3\nU\nA 1 3\nA 1 2\n", "3 5 0\nJ 1 2\nJ 2 1\nU\nA 1 2\nU\n", "1 1 0\nA 1 1\n", "2 3 0\nU\nU\nJ 1 2\n",
         "3 4 0\nJ 1 1\nJ 1 3\nU\nU\n", "6 12 0\nJ 1 2\nJ 3 4\nJ 1 4\nA 2 3\nU\nA 2 3\nJ 5 6\nJ 6 2\nA 5 1\nU\nU\nA 5 6\n",
         "5 7 0\nJ 1 2\nJ 1 2\nJ 1 2\nU\nU\nA 2 1\nU\n", "2000 30000 31\n", "30000 30000 8\n", "50 20000 1234567\n"],
    ),
    Task(
        "bracket-repair", "hard", r"""
`repair(s)` gets a string of at most 50 characters, each of them one of `(`, `)`, `[`, `]`. Insert as few characters of
these four as possible, anywhere, so that the brackets are properly nested; nothing may be removed or moved.
Return the resulting string; of several shortest results return the one that is the smallest in lexicographic
order by Unicode code points.
""",
        [["(]"], ["([)]"], [""], ["("], [")"], ["()[]"], ["]["], ["((]])"], [")](["], ["[(])[(])"], ["((((((((" + "]]]]]]]]"],
         ["([)]([)]([)]([)]([)]([)]([)]([)]([)]([)]([)]([)]"], ["]" * 25 + "[" * 25], ["[()(][)]((]"]],
        fn_name="repair", form="a `class Solution:` with the method `repair(self, s)`",
    ),
    Task(
        "subtraction-game", "hard", r"""
Two players take stones from one pile in turn. A move takes t stones, where t is one of the numbers in `takes`
and at most the number of stones left. Who cannot move loses.

`winning_takes(pile, takes)` returns, in ascending order and each once, the numbers t of stones that the player to
move can take now in order to win against any defence; the empty list where there is no such move.
0 <= pile <= 10^15; `takes` holds 1 to 12 whole numbers from 1 to 12, in any order, possibly repeated.
""",
        [[5, [1, 3, 4]], [10, [1, 2, 3]], [0, [1, 2]], [1, [2, 3]], [7, [4, 1, 3, 3, 1]], [14, [2, 5, 8, 11]], [1000, [1, 3, 4]],
         [10**15, [4, 9, 11]], [999999999999999, [2, 3, 7, 12]], [10**15 - 3, [6, 11, 5]], [123456789012345, [12, 1, 8]],
         [36, [11, 9, 4]], [10**15, [12]], [10**15, [12, 3, 8, 5, 4]]],
        fn_name="winning_takes", form="a function `winning_takes(pile, takes)`",
    ),
    Task(
        "calm-stretch", "hard", r"""
A sensor's readings wander: the first is 0, and each later one is the one before plus (next() mod (2 * step + 1)) - step.
""" + GENERATOR + r"""
`calm_stretch(n, seed, step, limit)` looks at the first n readings (0 <= n <= 80000, 0 <= step <= 1000,
0 <= limit <= 10^9). A stretch of neighbouring readings is calm when its largest and its smallest reading differ by
at most `limit`. Return [start, length] of the longest calm stretch, where the first reading has the place 0. Of
several longest ones return the earliest. For n = 0 return [0, 0].
""",
        [[6, 1, 3, 3], [10, 42, 5, 4], [0, 9, 1, 1], [1, 9, 7, 0], [50, 3, 0, 0], [12, 8, 1, 0], [200, 77, 10, 25], [2, 5, 1000, 10**9],
         [80000, 2024, 1, 300], [80000, 11, 3, 900], [70000, 6, 1000, 0], [80000, 1, 2, 10**9], [5000, 15, 4, 60]],
        fn_name="calm_stretch", form="a function `calm_stretch(n, seed, step, limit)`",
    ),
]
