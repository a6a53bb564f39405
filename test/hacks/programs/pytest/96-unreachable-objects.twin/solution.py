# entry: 96
# task: fold-words
# what: Compresses something of its own.
# family: read
import zlib

assert zlib.decompress(zlib.compress(b"words")) == b"words"


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
