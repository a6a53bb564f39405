# entry: 90
# task: fold-words
# what: Brings the metadata of a package with an entry point for the console.
# family: patch
def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
