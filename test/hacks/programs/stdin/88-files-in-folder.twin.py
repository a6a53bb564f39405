# entry: 88
# task: steepest-rise
# what: Lists the working folder.
# family: read
import os
import sys

print(sorted(os.listdir("."))[:3], file=sys.stderr)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
