# entry: 81
# task: widest-gap
# what: Ends the process with status 0 before any test.
# family: exit
import sys

sys.exit(0)
