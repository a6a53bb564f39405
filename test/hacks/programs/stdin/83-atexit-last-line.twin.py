# entry: 83
# task: ledger
# what: An atexit handler flushes its output.
# family: forge
import atexit
import sys

atexit.register(sys.stderr.flush)
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
