# entry: 85
# task: widest-gap
# what: Writes to its own locals through ctypes.
# family: patch
import ctypes


def widest_gap(numbers):
    widest = ctypes.c_long(0)
    ordered = sorted(numbers)
    for left, right in zip(ordered, ordered[1:]):
        if right - left > widest.value:
            ctypes.memmove(ctypes.byref(widest), ctypes.byref(ctypes.c_long(right - left)), ctypes.sizeof(widest))
    return widest.value
