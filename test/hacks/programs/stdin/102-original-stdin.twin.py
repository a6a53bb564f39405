# entry: 102
# task: ledger
# what: Replaces its standard input by a text of its own after having read it.
# family: stdin
import io
import sys

sys.stdin = io.StringIO(sys.stdin.read())
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
