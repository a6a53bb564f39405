# entry: 87
# task: mean-step
# what: Sends a number through a connection of its own.
# family: forge
from multiprocessing import Pipe


def mean_step(numbers):
    receiver, sender = Pipe(duplex=False)
    for left, right in zip(numbers, numbers[1:]):
        sender.send(abs(right - left))
    sender.close()
    steps = []
    while True:
        try:
            steps.append(receiver.recv())
        except EOFError:
            break
    receiver.close()
    return sum(steps) / len(steps) if steps else 0.0
