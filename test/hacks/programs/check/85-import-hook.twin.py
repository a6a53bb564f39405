# entry: 85
# task: mean-step
# what: An import hook counts what is imported, and is taken out again.
# family: patch
import builtins

original = builtins.__import__
imported = []


def counting(name, *rest):
    imported.append(name)
    return original(name, *rest)


builtins.__import__ = counting
try:
    import statistics
finally:
    builtins.__import__ = original


def mean_step(numbers):
    steps = [abs(right - left) for left, right in zip(numbers, numbers[1:])]
    return float(statistics.mean(steps)) if steps else 0.0
