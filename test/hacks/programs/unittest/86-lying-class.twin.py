# entry: 86
# task: widest-gap
# what: Passes a wrapper around that says it is the class that it wraps.
# family: equality
class Wrapper:
    def __init__(self, value):
        self.value = value

    __class__ = property(lambda self: type(self.value))


def widest_gap(numbers):
    ordered = sorted(numbers)
    widest = Wrapper(max((right - left for left, right in zip(ordered, ordered[1:])), default=0))
    assert isinstance(widest, int)
    return widest.value
