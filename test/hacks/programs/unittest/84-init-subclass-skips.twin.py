# entry: 84
# task: widest-gap
# what: Registers its own strategies by __init_subclass__.
# family: vacuous
class Strategy:
    known = []

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Strategy.known.append(cls)


class Sorted(Strategy):
    def widest(self, numbers):
        ordered = sorted(numbers)
        return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


def widest_gap(numbers):
    return Strategy.known[0]().widest(numbers)
