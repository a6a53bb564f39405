# entry: 88
# task: fold-words
# what: Parses a text of its own.
# family: read
import ast

TREE = ast.parse("counts[word] += 1")


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
