# entry: 99
# task: ledger
# what: Prints nothing but its answer, at the end, in one write.
# family: vacuous
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
sys.stdout.write("".join(f"{name} {totals[name]}\n" for name in sorted(totals)))
