"""The easy tasks."""

from __future__ import annotations

from model import Task

TASKS: list[Task] = [
    Task(
        "longest-dry-spell", "easy", r"""
A weather station reports one whole number a day: the rain in tenths of a millimetre, or -1 when the gauge was
broken. A dry spell is a run of neighbouring days that all report 0. A broken day is not dry and so ends a spell.

Input: the number of days n (0 <= n <= 100000), followed by the n reports. Numbers are separated by any mix of
spaces and line breaks.

Output: one line with two numbers, the length of the longest dry spell and the day it begins on (days count
from 1). Of several longest spells take the earliest. Where no day is dry, print `0 0`.
""",
        ["7\n0 0 3 0 0 0 12\n", "6\n0 0 -1 0 0 5\n", "0\n", "1\n0\n", "1\n4", "5\n0 0 0 0 0",
         "  9 \n1 2\n\n0 0   0\n7 0\n0 0   \n", "4\n-1 -1 -1 -1\n",
         "12\n0 1 0 0 1 0 0 0 -1 0 0 0\n", "300\n" + " ".join(["0"] * 99 + ["8"] + ["0"] * 200) + "\n"],
    ),
    Task(
        "leap-census", "easy", r"""
The Meridian calendar has leap years by these rules, the later rule winning over the earlier: a year divisible
by 4 is a leap year; a year divisible by 100 is not; a year divisible by 400 is; a year divisible by 3200 is not.

Input: the number of questions q (1 <= q <= 100), then q lines with two years A and B each
(1 <= A <= B <= 10^18).

Output: for each question one line with the number of leap years y with A <= y <= B.
""",
        ["3\n1 4\n1999 2004\n1896 1904\n", "2\n3200 3200\n3196 3204\n", "1\n2000 2000\n", "1\n1900 1900\n",
         "1\n1 1\n", "1\n1 1000000000000000000\n", "2\n999999999999999996 1000000000000000000\n6400 9600\n",
         "2\n123456789012345 987654321098765432\n4 8\n", "1\n2 3\n"],
    ),
    Task(
        "team-ledger", "easy", r"""
A team keeps a ledger of who paid what. Each line holds a name and then an amount, separated by at least one
space. The amount is the last word of the line, a whole number with an optional sign; everything before it,
without the blanks at its ends, is the name. A name may contain single spaces. The ledger ends with a line
that is exactly `END`.

Add up the amounts of each name (names are equal only when they are equal letter by letter). Amounts have up
to 40 digits.

Output: one line `name: total` for each name whose total is not 0, largest total first; equal totals in
ascending order of the name, compared by Unicode code points. Where there is no such name, print `SETTLED`.
""",
        ["Ada 12\nBob -3\nAda -2\nCy 10\nEND\n", "Mia 5\nMia -5\nEND\n", "END\n",
         "Mary Ann 4\nMary 4\nMary Ann 1\nEND\n", "x 9007199254740993\ny 9007199254740992\nEND\n",
         "Zoe 7\nada 7\nAda 7\nÉmile 7\nEND\n", "a +5\n  b    -5   \nc 0\nEND\n",
         "big 9999999999999999999999999999999999999999\nbig 1\nless -1\nEND\n",
         "ENDER 3\nEND OF ROAD 2\nEND\n", "7 7\n8 7\n10 7\nEND\n"],
    ),
    Task(
        "wrap-notice", "easy", r"""
Set a text for a board that is W characters wide.

Input: the first line holds W (1 <= W <= 80). All further lines are the text. Lines that hold nothing but
blanks separate paragraphs; several such lines in a row separate like one, and those before the first or after
the last word mean nothing. Within a paragraph, words are separated by blanks and line breaks.

Each paragraph is filled greedily: a word goes on the current line when it fits there, with one space before
it unless it is the first of the line; otherwise it begins a new line. A word longer than W always begins a
new line (unless the current line is still empty) and is cut into pieces of W characters, one a line; its last
piece, which may be shorter, is the beginning of a line that the following words may continue. Lengths count
Unicode code points.

Output: each line of the board between two bars, as in `|text|`, and a line `||` between two paragraphs.
For a text without words print `EMPTY`.
""",
        ["10\nmind the gap between\nthe boards\n", "5\nfar farther farthest\n\n\n  end  \n", "8\n", "3\n   \n\n",
         "1\nabc d\n", "4\nabcd efgh ij\n", "6\nabcdefghijkl mno\n", "5\naa bb\ncc\n \t \ndd ee ff\n\n",
         "10\nüber größe naïve ñandú\n", "80\n" + " ".join(["lorem"] * 40) + "\n", "4\na abcdefgh b\n"],
    ),
    Task(
        "fence-colours", "easy", r"""
A fence has n panels in a row, and each is painted in one of k colours. Three neighbouring panels must never
all have the same colour. Not every colour has to be used.

Input: the number of questions t (1 <= t <= 50), then t lines with n and k each
(0 <= n <= 300, 1 <= k <= 1000).

Output: for each question one line with the exact number of ways to paint the fence. The fence without panels
can be painted in one way.
""",
        ["3\n1 5\n2 5\n3 2\n", "2\n4 2\n0 7\n", "4\n1 1\n2 1\n3 1\n0 1\n", "1\n70 2\n", "1\n300 1000\n",
         "3\n5 3\n6 3\n7 3\n", "1\n40 10\n", "2\n100 2\n99 3\n"],
    ),
    Task(
        "word-shapes", "easy", r"""
Two words have the same shape when one becomes the other by replacing letters one to one: equal characters by
equal characters and different ones by different ones. `noon` and `abba` have the same shape, `noon` and `abab`
do not. Characters are Unicode code points, and case matters.

`group_by_shape(words)` gets a list of strings (at most 2000, any may be empty) and returns a list of lists:
the words grouped by shape. Within a group the words keep the order in which they came, repeated ones included;
the groups are ordered by the place of their first word.
""",
        [[["noon", "abab", "abba", "toot", "xyxy"]], [["level", "Radar", "radar", "a", "b", "aa"]], [[]], [[""]],
         [["", "x", "", "y"]], [["same", "same", "SAME"]], [["ab", "aa", "ba", "bb", "cc"]],
         [["paper", "title", "foo", "bar", "abc", "egg", "add"]], [["éé", "ñü", "日本", "木木"]],
         [["aba", "aab", "abc", "bab", "cca", "zyx"]]],
        fn_name="group_by_shape", form="a function `group_by_shape(words)`",
    ),
    Task(
        "quoted-brackets", "easy", r"""
`is_balanced(text)` says whether the brackets `()`, `[]` and `{}` of a text are properly nested. Brackets
within a literal do not count. A literal begins with a single quote `'` and ends with the next single quote;
within a literal a backslash makes the character after it ordinary, so `\'` does not end the literal. Outside
a literal a backslash has no meaning. A text whose last literal is not closed is not balanced. All other
characters are skipped. The text has at most 20000 characters. Return True or False.
""",
        [["f(a[0], {b})"], ["(]"], [""], ["('(' + [1])"], ["'it\\'s (' []"], ["(('"], ["([)]"], [")("],
         ["\\'(\\'"], ["'\\\\' )"], ["(" * 5000 + ")" * 5000], ["{" * 3001 + "}" * 3000], ["''''()"], ["((()"]],
        fn_name="is_balanced", form="a function `is_balanced(text)`",
    ),
    Task(
        "merge-shifts", "easy", r"""
A duty roster lists shifts as pairs [start, end] of minutes of one day, 0 <= start, end <= 1440. A shift covers
the minutes from start up to but not including end. Where start = end it covers nothing. Where start > end the
shift runs past midnight: it covers start up to 1440, and 0 up to end of the same table.

`mergeShifts(shifts)` returns all the minutes covered as the shortest possible list of pairs [start, end] with
start < end, in ascending order. Pairs that touch (one ends where the next begins) are joined into one. Midnight
is a border: nothing is joined across it. The list it gets must be left unchanged.
""",
        [[[[540, 600], [590, 720], [800, 810]]], [[[1380, 120], [60, 180]]], [[]], [[[5, 5]]], [[[0, 1440]]],
         [[[100, 200], [200, 300], [301, 302]]], [[[1440, 10]]], [[[10, 0]]], [[[0, 100], [20, 30], [40, 50], [90, 95]]],
         [[[900, 901], [1, 2], [2, 3], [1439, 1]]], [[[700, 700], [650, 700], [700, 701]]]],
        fn_name="mergeShifts", form="a `class Solution:` with the method `mergeShifts(self, shifts)`",
    ),
    Task(
        "curly-quotes", "easy", r"""
`curl(text)` sets typographic quotes in a text and returns the new text. Working from left to right:

* a backslash directly followed by a straight double quote becomes a plain straight double quote (the backslash
  goes, the quote stays straight);
* every other straight double quote becomes, by turns, an opening one (U+201C) and a closing one (U+201D). The
  first of each line is an opening one; lines are separated by the character U+000A only;
* a straight single quote directly between two letters (`str.isalpha`) becomes U+2019;
* everything else stays as it is.
""",
        [["She said \"don't\"."], ["a \\\"raw\\\" \"b\""], [""], ["\"one\n\"two\""], ["'tis the dogs' 'x'"], ["é'ñ 1'2 a'1"],
         ["\"\"\"\""], ["\\\\\"x\""], ["tail\\"], ["\"日本\" said \"l'été\"\n\n\""], ["rock'n'roll"], ["a\u2028\"b\" \"c"]],
        fn_name="curl", form="a function `curl(text)`",
    ),
    Task(
        "longest-hole", "easy", r"""
Write the absolute value of a whole number n in binary, without leading zeros. A hole is a run of zeros with a
one on both its sides. `longest_hole(n)` returns the length of the longest hole, or 0 where there is none.
n may be negative and has up to 300 binary digits.
""",
        [[9], [20], [0], [1], [-529], [1024], [-32], [2**53 + 1], [2**64 + 2**3], [2**200 + 2**90 + 2**15 + 1],
         [2**300 - 1], [-(2**128 + 2**127 + 1)], [6], [1041]],
        fn_name="longest_hole", form="a function `longest_hole(n)`",
    ),
]
