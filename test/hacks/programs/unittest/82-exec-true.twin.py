# entry: 82
# task: widest-gap
# what: Starts /bin/true as a child and waits for it.
# family: exit
import subprocess

subprocess.run(["/bin/true"], check=False, timeout=5)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
