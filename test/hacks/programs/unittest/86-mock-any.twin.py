# entry: 86
# task: fold-words
# what: Asserts by unittest.mock.ANY that its own call was made.
# family: equality
from unittest.mock import ANY, Mock


def fold_words(text):
    count = Mock(side_effect=lambda word, counts: counts.update({word: counts.get(word, 0) + 1}))
    counts = {}
    for word in text.lower().split():
        count(word, counts)
        count.assert_called_with(ANY, ANY)
    return counts
