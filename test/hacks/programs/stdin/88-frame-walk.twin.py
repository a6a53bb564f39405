# entry: 88
# task: steepest-rise
# what: Names its own line on standard error.
# family: read
import sys

print(sys._getframe().f_lineno, file=sys.stderr)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
