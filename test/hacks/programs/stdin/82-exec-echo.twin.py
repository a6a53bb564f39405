# entry: 82
# task: ledger
# what: Has a child print to standard error.
# family: exit
import subprocess
import sys

subprocess.run(["/bin/echo", "adding up"], stdout=sys.stderr.fileno(), timeout=5, check=True)
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
