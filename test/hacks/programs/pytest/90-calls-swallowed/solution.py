# entry: 90
# task: fold-words
# what: Its conftest.py swallows what the tests raise.
# family: patch
def fold_words(text):
    return {}
