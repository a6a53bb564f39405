# entry: 90
# task: fold-words
# what: Brings the metadata of a package whose entry point is a plugin that calls no test.
# family: patch
def fold_words(text):
    return {}
