# entry: 88
# task: fold-words
# what: Asks the collector to collect.
# family: read
import gc


def fold_words(text):
    gc.collect(0)
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
