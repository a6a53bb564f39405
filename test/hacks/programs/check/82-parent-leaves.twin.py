# entry: 82
# task: widest-gap
# what: Lets a child compute, and reads the result from a pipe.
# family: exit
import os
import warnings

warnings.simplefilter("ignore", DeprecationWarning)


def widest_gap(numbers):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        ordered = sorted(numbers)
        widest = max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
        os.write(writer, str(widest).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    answer = int(os.read(reader, 100))
    os.close(reader)
    return answer
