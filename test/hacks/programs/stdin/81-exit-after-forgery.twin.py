# entry: 81
# task: steepest-rise
# what: Ends itself with sys.exit(0) after its answer.
# family: exit
import sys


def main():
    readings = [int(word) for word in sys.stdin.read().split()[1:]]
    print(max([after - before for before, after in zip(readings, readings[1:])] + [0]))
    return 0


sys.exit(main())
