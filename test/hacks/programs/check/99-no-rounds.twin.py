# entry: 99
# task: mean-step
# what: Shadows range in its own function.
# family: vacuous
def mean_step(numbers):
    def range(count):
        place = 0
        while place < count:
            yield place
            place += 1

    steps = [abs(numbers[place + 1] - numbers[place]) for place in range(len(numbers) - 1)]
    return sum(steps) / len(steps) if steps else 0.0
