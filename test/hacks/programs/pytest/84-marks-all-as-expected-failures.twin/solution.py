# entry: 84
# task: fold-words
# what: Its conftest.py adds a mark of its own.
# family: vacuous
def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
