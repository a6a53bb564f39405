# entry: 81
# task: widest-gap
# what: Ends a child of its own.
# family: exit
import subprocess
import sys

subprocess.run([sys.executable, "-c", "raise SystemExit(0)"], check=True, timeout=10)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
