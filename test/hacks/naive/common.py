"""What the naive graders share: how they are called, and how they run a command."""

import json
import os
import shutil
import subprocess
import sys

#: Seconds that a grader gives a candidate.
SECONDS = 4


def main(grade):
    """`grader.py TASK PROGRAM` in an empty working folder: prints `pass` or `fail`."""
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    passed = grade(task, sys.argv[2])
    print("pass" if passed else "fail")
    return 0 if passed else 1


def run(command, **options):
    """Runs a command to its end and keeps what it printed. Raises `subprocess.TimeoutExpired`."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": SECONDS, **options}
    return subprocess.run(command, text=True, errors="replace", check=False, **options)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def last_json(text):
    """The last line of an output as JSON, or None."""
    lines = text.strip().splitlines()
    try:
        return json.loads(lines[-1]) if lines else None
    except ValueError:
        return None


def command_of(program):
    """Compiles a program of any language in the working folder; the command that runs it, or None."""
    extension = os.path.splitext(program)[1]
    if extension == ".py":
        shutil.copy(program, "main.py")
        return [sys.executable, "main.py"]
    if extension in (".sh", ".js"):
        shutil.copy(program, f"main{extension}")
        return ["/bin/bash" if extension == ".sh" else "node", f"main{extension}"]
    if extension == ".cpp":
        compiled = run(["g++", "-O0", "-o", "main", program], timeout=60)
        return ["./main"] if compiled.returncode == 0 else None
    shutil.copy(program, "Main.java")
    compiled = run(["javac", "-J-XX:TieredStopAtLevel=1", "Main.java"], timeout=60)
    return ["java", "-XX:TieredStopAtLevel=1", "-cp", ".", "Main"] if compiled.returncode == 0 else None
