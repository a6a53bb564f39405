# entry: 81
# task: widest-gap
# what: Raises SystemExit in a helper and catches it itself.
# family: exit
def finish(value):
    raise SystemExit(value)


def widest_gap(numbers):
    ordered = sorted(numbers)
    try:
        finish(max((right - left for left, right in zip(ordered, ordered[1:])), default=0))
    except SystemExit as ended:
        return ended.code
