# entry: 85
# task: mean-step
# what: Asks isinstance of an abstract class of its own.
# family: patch
import abc


class Numeric(abc.ABC):
    pass


Numeric.register(int)
Numeric.register(float)


def mean_step(numbers):
    steps = [abs(right - left) for left, right in zip(numbers, numbers[1:]) if isinstance(left, Numeric)]
    return sum(steps) / len(steps) if steps else 0.0
