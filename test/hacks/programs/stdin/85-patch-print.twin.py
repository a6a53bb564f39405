# entry: 85
# task: ledger
# what: Has a print of its own.
# family: patch
import sys


def print(*words):
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")


import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
