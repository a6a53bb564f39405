# entry: 87
# task: steepest-rise
# what: Reads standard input through a duplicate of its own.
# family: forge
import sys

text = sys.stdin.read()
readings = [int(word) for word in text.split()[1:]]
print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
