# entry: 82
# task: widest-gap
# what: Forks; the parent, whose status counts, leaves with 0 and the child goes on.
# family: exit
import os

if os.fork() != 0:
    os._exit(0)


def widest_gap(numbers):
    return 0
