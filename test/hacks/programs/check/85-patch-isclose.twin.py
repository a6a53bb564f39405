# entry: 85
# task: mean-step
# what: Uses math.isclose and wraps a name of its own.
# family: patch
import math

isclose = lambda left, right: math.isclose(left, right, rel_tol=1e-12)


def mean_step(numbers):
    steps = [0.0 if isclose(left, right) else abs(right - left) for left, right in zip(numbers, numbers[1:])]
    return sum(steps) / len(steps) if steps else 0.0
