# entry: 98
# task: fold-words
# what: Stops a child and lets it go on.
# family: timing
import signal
import subprocess

child = subprocess.Popen(["/bin/sleep", "0.05"])
child.send_signal(signal.SIGSTOP)
child.send_signal(signal.SIGCONT)
child.wait(timeout=5)


def fold_words(text):
    """How often each word occurs, whatever its case."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
