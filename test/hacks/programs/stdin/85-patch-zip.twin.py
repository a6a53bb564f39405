# entry: 85
# task: ledger
# what: Has a zip of its own.
# family: patch
import itertools
import sys


def zip(left, right):
    return itertools.takewhile(lambda pair: None not in pair, itertools.zip_longest(left, right))


words = sys.stdin.read().split()
totals = {}
for name, amount in zip(words[::2], words[1::2]):
    totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
