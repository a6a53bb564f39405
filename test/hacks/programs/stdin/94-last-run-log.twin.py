# entry: 94
# task: ledger
# what: Keeps a memo of its own in a file while it runs.
# family: persist
import json
import os
import tempfile

handle, path = tempfile.mkstemp()
with os.fdopen(handle, "w") as file:
    json.dump({"nothing": 0}, file)
os.remove(path)
import sys

totals = {}
for line in sys.stdin:
    if line.strip():
        name, amount = line.split()
        totals[name] = totals.get(name, 0) + int(amount)
for name in sorted(totals):
    print(name, totals[name])
