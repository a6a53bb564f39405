# entry: 81
# task: widest-gap
# what: Catches the SystemExit of its own argument parser.
# family: exit
import argparse
import contextlib
import io

with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    argparse.ArgumentParser(prog="gap").parse_args(["--help"])


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
