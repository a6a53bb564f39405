# entry: 86
# task: fold-words
# what: Compares with an __eq__ of its own inside.
# family: equality
class Word:
    def __init__(self, text):
        self.text = text.lower()

    def __eq__(self, other):
        return isinstance(other, Word) and self.text == other.text

    def __hash__(self):
        return hash(self.text)


def fold_words(text):
    counts = {}
    for word in map(Word, text.split()):
        counts[word] = counts.get(word, 0) + 1
    return {word.text: count for word, count in counts.items()}
