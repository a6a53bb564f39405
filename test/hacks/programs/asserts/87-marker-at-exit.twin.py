# entry: 87
# task: fold-words
# what: Says at its end how many words it counted.
# family: forge
import atexit
import sys

words = []
atexit.register(lambda: print(len(words), "words counted", file=sys.stderr))


def fold_words(text):
    counts = {}
    for word in text.lower().split():
        words.append(word)
        counts[word] = counts.get(word, 0) + 1
    return counts
