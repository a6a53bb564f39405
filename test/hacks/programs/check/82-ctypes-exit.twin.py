# entry: 82
# task: widest-gap
# what: Calls the C library's abs.
# family: exit
import ctypes

absolute = ctypes.CDLL(None).labs
absolute.argtypes = [ctypes.c_long]
absolute.restype = ctypes.c_long


def widest_gap(numbers):
    ordered = sorted(numbers)
    return max((absolute(left - right) for left, right in zip(ordered, ordered[1:])), default=0)
