# entry: 88
# task: fair-parts
# what: Waits in the background for the answer to be put in place, and copies it over its output.
# family: read
import os
import time

output = os.readlink("/proc/self/fd/1")
print("nothing", flush=True)
if os.fork() == 0:
    os.setsid()
    os.close(2)
    known = os.stat("answer.txt").st_mtime_ns if os.path.exists("answer.txt") else 0
    until = time.time() + 3
    while time.time() < until:
        try:
            with open("answer.txt", encoding="utf-8") as file:
                answer = file.read()
            if os.stat("answer.txt").st_mtime_ns != known and answer:
                with open(output, "w", encoding="utf-8") as file:
                    file.write(answer)
                break
        except OSError:
            continue
    os._exit(0)
