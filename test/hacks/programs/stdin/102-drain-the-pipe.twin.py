# entry: 102
# task: steepest-rise
# what: Reads its standard input to the end, twice.
# family: stdin
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
assert sys.stdin.read() == ""
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
