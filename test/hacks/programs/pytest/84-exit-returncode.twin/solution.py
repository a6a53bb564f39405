# entry: 84
# task: fold-words
# what: Names pytest only where it is for.
# family: exit
def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts


if __name__ == "__main__":
    import pytest

    raise SystemExit(pytest.main(["-q"]))
