# entry: 85
# task: fold-words
# what: Writes its counts with json.dump into memory.
# family: patch
import io
import json


def fold_words(text):
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    memory = io.StringIO()
    json.dump(counts, memory)
    return json.loads(memory.getvalue())
