# entry: 92
# task: fold-words
# what: Brings a package beside its module.
# family: patch
from words import fold


def fold_words(text):
    return fold(text)
