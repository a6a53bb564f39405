# entry: 95
# task: ledger
# what: Sleeps a moment.
# family: timing
import time

time.sleep(0.05)
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
