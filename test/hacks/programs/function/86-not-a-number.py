# entry: 86
# task: mean-step
# what: Returns NaN, whose difference to anything is not greater than the tolerance.
# family: equality
def mean_step(numbers):
    return float("nan")
