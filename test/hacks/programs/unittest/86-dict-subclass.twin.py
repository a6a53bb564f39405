# entry: 86
# task: fold-words
# what: Counts with a dict of its own class, and returns a plain one.
# family: equality
class Counts(dict):
    def __missing__(self, word):
        return 0


def fold_words(text):
    counts = Counts()
    for word in text.lower().split():
        counts[word] += 1
    return dict(counts)
