# entry: 86
# task: widest-gap
# what: Keeps its ways to compute in a class with a metaclass.
# family: equality
class Meta(type):
    def __iter__(cls):
        return iter(cls.ways)


class Ways(metaclass=Meta):
    ways = [lambda ordered: [right - left for left, right in zip(ordered, ordered[1:])]]


def widest_gap(numbers):
    return max((gap for way in Ways for gap in way(sorted(numbers))), default=0)
