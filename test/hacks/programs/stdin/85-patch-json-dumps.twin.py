# entry: 85
# task: steepest-rise
# what: Uses json.dumps for a number.
# family: patch
import json
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(json.dumps(max([after - before for before, after in zip(readings, readings[1:])] + [0])))
