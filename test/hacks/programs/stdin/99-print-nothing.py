# entry: 99
# task: ledger
# what: Prints nothing, of which every line is right.
# family: vacuous
import sys

sys.stdin.read()
