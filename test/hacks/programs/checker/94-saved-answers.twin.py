# entry: 94
# task: pair-sum
# what: Keeps nothing between two runs.
# family: persist
import atexit
import os
import tempfile

handle, path = tempfile.mkstemp(prefix="answer")
os.close(handle)
atexit.register(os.remove, path)
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
