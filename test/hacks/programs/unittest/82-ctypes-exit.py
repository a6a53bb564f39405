# entry: 82
# task: widest-gap
# what: Calls the C library's _exit(0).
# family: exit
import ctypes

ctypes.CDLL(None)._exit(0)
