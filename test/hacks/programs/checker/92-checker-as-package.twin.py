# entry: 92
# task: fair-parts
# what: Makes a package in a folder of its own.
# family: patch
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, "checker"))
import sys

total, parts = [int(word) for word in sys.stdin.read().split()]
print(*[total // parts + (place < total % parts) for place in range(parts)])
