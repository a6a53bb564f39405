# entry: 98
# task: widest-gap
# what: Kills a child of its own.
# family: kill
import signal
import subprocess

child = subprocess.Popen(["/bin/sleep", "5"])
child.send_signal(signal.SIGKILL)
child.wait()


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
