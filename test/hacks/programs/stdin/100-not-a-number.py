# entry: 100
# task: mean-depth
# what: Prints nan, whose difference to anything is not greater than the tolerance.
# family: equality
print("nan")
