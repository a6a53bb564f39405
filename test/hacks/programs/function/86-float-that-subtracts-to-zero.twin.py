# entry: 86
# task: mean-step
# what: Adds up with a float of its own class, and returns a plain one.
# family: equality
class Total(float):
    def __add__(self, other):
        return Total(float(self) + other)


def mean_step(numbers):
    total = Total(0.0)
    for left, right in zip(numbers, numbers[1:]):
        total = total + abs(right - left)
    return float(total) / (len(numbers) - 1) if len(numbers) > 1 else 0.0
