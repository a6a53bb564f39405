# entry: 83
# task: widest-gap
# what: A timer of processor time guards its loop and is taken down.
# family: exit
import signal


def widest_gap(numbers):
    previous = signal.signal(signal.SIGVTALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_VIRTUAL, 5)
    ordered = sorted(numbers)
    widest = max((right - left for left, right in zip(ordered, ordered[1:])), default=0)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, previous)
    return widest
