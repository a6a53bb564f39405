# entry: 92
# task: fold-words
# what: Asks where its user's packages would be.
# family: environment
import site

FOLDER = site.getusersitepackages()


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
