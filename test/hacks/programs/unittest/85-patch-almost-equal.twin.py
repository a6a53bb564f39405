# entry: 85
# task: mean-step
# what: Patches a method of its own class while it runs.
# family: patch
class Meter:
    def distance(self, left, right):
        return left - right


def mean_step(numbers):
    Meter.distance = lambda self, left, right: abs(left - right)
    steps = [Meter().distance(left, right) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0
