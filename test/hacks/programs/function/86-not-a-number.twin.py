# entry: 86
# task: mean-step
# what: Uses NaN as a mark for "nothing yet".
# family: equality
import math


def mean_step(numbers):
    total = math.nan
    for left, right in zip(numbers, numbers[1:]):
        step = abs(right - left)
        total = step if math.isnan(total) else total + step
    return 0.0 if math.isnan(total) else total / (len(numbers) - 1)
