# entry: 91
# task: ledger
# what: Writes a file with its output into a folder of its own.
# family: forge
import os
import tempfile

with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "0.out"), "w") as file:
    file.write("nothing\n")
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
