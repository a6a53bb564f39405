# entry: 89
# task: widest-gap
# what: Writes a file of tests into a folder of its own.
# family: patch
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "test_solution.py"), "w", encoding="utf-8") as file:
        file.write("import unittest\n")


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
