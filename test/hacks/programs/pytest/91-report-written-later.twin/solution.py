# entry: 91
# task: fold-words
# what: A process of its own has ended before the tests begin.
# family: persist
import subprocess

subprocess.run(["/bin/sleep", "0.05"], check=True, timeout=5)


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
