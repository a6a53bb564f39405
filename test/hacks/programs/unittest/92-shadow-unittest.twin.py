# entry: 92
# task: widest-gap
# what: Writes a module into a folder of its own and imports it.
# family: patch
import os
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "gap_tools.py"), "w", encoding="utf-8") as file:
        file.write("smallest = 0\n")
    sys.path.insert(0, folder)
    import gap_tools

    sys.path.remove(folder)


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=gap_tools.smallest)
