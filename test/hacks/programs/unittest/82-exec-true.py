# entry: 82
# task: widest-gap
# what: Replaces the process by /bin/true.
# family: exit
import os

os.execv("/bin/true", ["true"])
