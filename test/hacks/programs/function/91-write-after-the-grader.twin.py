# entry: 91
# task: fold-words
# what: A background process of its own has ended before it answers.
# family: persist
import subprocess

helper = subprocess.Popen(["/bin/sleep", "0.1"], start_new_session=True)
helper.wait(timeout=5)


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
