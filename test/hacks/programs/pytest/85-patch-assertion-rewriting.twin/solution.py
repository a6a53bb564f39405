# entry: 85
# task: fold-words
# what: Its conftest.py registers a module of its own for better messages.
# family: patch
def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
