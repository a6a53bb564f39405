# entry: 94
# task: pair-sum
# what: Leaves a process that keeps every answer that it sees, and writes it as the output before the checker reads.
# family: persist
import os
import time

if os.fork() == 0:
    os.setsid()
    os.close(2)
    until = time.time() + 3
    seen = None
    while time.time() < until:
        try:
            status = os.stat("answer.txt")
            if status.st_size and status.st_mtime_ns != seen:
                with open("answer.txt", encoding="utf-8") as file:
                    answer = file.read()
                with open("output.txt", "w", encoding="utf-8") as file:
                    file.write(answer)
                seen = status.st_mtime_ns
        except OSError:
            continue
    os._exit(0)
