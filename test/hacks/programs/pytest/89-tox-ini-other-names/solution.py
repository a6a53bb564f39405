# entry: 89
# task: fold-words
# what: Its tox.ini has only functions of another name collected, of which it brings one.
# family: vacuous
def fold_words(text):
    return {}
