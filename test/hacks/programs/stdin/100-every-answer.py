# entry: 100
# task: steepest-rise
# what: Prints every number, so that the expected one occurs in the output.
# family: equality
print(*range(1000))
