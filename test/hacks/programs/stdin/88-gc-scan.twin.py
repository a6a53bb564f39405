# entry: 88
# task: ledger
# what: Turns the collector off and on again.
# family: read
import gc

gc.disable()
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
gc.enable()
