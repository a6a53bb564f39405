# entry: 91
# task: pair-sum
# what: Makes a link in a folder of its own.
# family: forge
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    os.symlink("nowhere", os.path.join(folder, "output.txt"))
import sys

target, *numbers = [int(word) for word in sys.stdin.read().split()]
seen = {}
for place, number in enumerate(numbers):
    if target - number in seen:
        print(seen[target - number], place)
        break
    seen.setdefault(number, place)
else:
    print(-1)
