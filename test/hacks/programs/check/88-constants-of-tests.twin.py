# entry: 88
# task: widest-gap
# what: Disassembles itself.
# family: read
import dis
import io


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)


dis.dis(widest_gap, file=io.StringIO())
