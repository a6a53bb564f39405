# entry: 87
# task: widest-gap
# what: Frames a word and sends it through a pipe of its own.
# family: forge
import os
import pickle
import struct

reader, writer = os.pipe()
word = pickle.dumps("ready")
os.write(writer, struct.pack("!i", len(word)) + word)
(size,) = struct.unpack("!i", os.read(reader, 4))
assert pickle.loads(os.read(reader, size)) == "ready"
os.close(reader)
os.close(writer)


def widest_gap(numbers):
    """The largest distance between neighbours in sorted order; 0 for fewer than two."""
    ordered = sorted(numbers)
    return max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
