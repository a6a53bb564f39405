# entry: 83
# task: widest-gap
# what: An object counts what is deleted.
# family: exit
class Counted:
    deleted = 0

    def __del__(self):
        Counted.deleted += 1


def widest_gap(numbers):
    scratch = Counted()
    ordered = sorted(numbers)
    del scratch
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
