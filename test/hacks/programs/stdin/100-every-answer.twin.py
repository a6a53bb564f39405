# entry: 100
# task: steepest-rise
# what: Prints every rise to standard error.
# family: equality
import sys

print(*range(1000), file=sys.stderr)
import sys

readings = [int(word) for word in sys.stdin.read().split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
