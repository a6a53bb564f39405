import type { AttackEntry } from "../entry.ts";
import { and, anyEnd, oneOf, prints, typed } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";

const full = typed("disk_limit");

export const diskFill: AttackEntry = {
  id: "A07",
  title: "Disk fill by writing, by fallocate, by sparse file then write",
  variants: [
    {
      name: "many files",
      run: py`
for number in range(64): open(f"{number}", "wb").write(bytes(1 << 20))
`,
      expect: full,
    },
    {
      name: "one file",
      run: py`
with open("one", "wb", 0) as file:
    while True: file.write(bytes(1 << 20))
`,
      expect: full,
    },
    {
      name: "one file above its limit, for which the scratch space has room",
      run: py`
with open("one", "wb", 0) as file:
    for _ in range(3): file.write(bytes(2 << 20))
`,
      expect: full,
    },
    {
      name: "by fallocate",
      run: py`
for number in range(64): os.posix_fallocate(os.open(f"{number}", os.O_RDWR | os.O_CREAT), 0, 2 << 20)
`,
      expect: full,
    },
    {
      name: "by fallocate of a terabyte",
      run: py`os.posix_fallocate(os.open("one", os.O_RDWR | os.O_CREAT), 0, 1 << 40)`,
      expect: full,
    },
    {
      name: "sparse, then written to",
      run: py`
for number in range(64):
    with open(f"{number}", "r+b" if os.path.exists(f"{number}") else "w+b", 0) as file:
        file.truncate(3 << 20)
        for at in range(0, 3 << 20, 4096):
            file.seek(at)
            file.write(b"x")
`,
      expect: full,
    },
    {
      name: "through a mapping of a sparse file",
      run: py`
import mmap
hoard = []
for number in range(16):
    file = os.open(f"{number}", os.O_RDWR | os.O_CREAT)
    os.ftruncate(file, 3 << 20)
    pages = mmap.mmap(file, 3 << 20)
    hoard.append(pages)
    for at in range(0, 3 << 20, 4096): pages[at] = 1
`,
      // The kernel has no other way to say it than SIGBUS.
      expect: typed("disk_limit", "runtime_error"),
    },
    {
      name: "in the shell, until it is full",
      run: sh`i=0; while head -c 1000000 /dev/zero > /tmp/$i; do i=$((i+1)); done; exit 1`,
      expect: full,
    },
    { name: "in the shell, one large file", run: sh`exec head -c 64000000 /dev/zero > one`, expect: full },
    {
      name: "by sendfile and copy_file_range from the image",
      run: py`
source = os.open(sys.executable, os.O_RDONLY)
size = os.fstat(source).st_size
for number in range(64):
    target = os.open(f"{number}", os.O_RDWR | os.O_CREAT)
    os.sendfile(target, source, 0, min(size, 3 << 20))
    if os.fstat(target).st_size < min(size, 3 << 20): os.write(target, bytes(3 << 20))
    os.close(target)
`,
      expect: full,
    },
    {
      name: "by a child, while the parent goes on",
      run: py`
def fill():
    written = 0
    try:
        for number in range(64): written += open(f"/dev/shm/{number}", "wb", 0).write(bytes(1 << 20))
    except OSError: print("filled at", written >> 20, flush=True)
os.waitpid(spawn(fill), 0)
`,
      expect: prints(/^filled at [0-8]\n$/),
    },
  ],
  twins: [
    {
      run: py`
open("two", "wb").write(bytes(3 << 20))
os.unlink("two")
for n in range(3): open(f"{n}", "wb").write(bytes(1 << 20))
with open("sparse", "wb") as file: file.truncate(4 << 20)
print(sum(os.path.getsize(name) for name in os.listdir()) >> 20)
`,
      prints: "7\n",
    },
  ],
};

export const inodes: AttackEntry = {
  id: "A08",
  title: "Inode exhaustion",
  variants: [
    {
      name: "a million empty files",
      run: py`
for number in range(1_000_000): os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
`,
      expect: full,
    },
    { name: "folders", run: py`for number in range(1_000_000): os.mkdir(f"/tmp/{number}")`, expect: full },
    {
      name: "symbolic links",
      run: py`for number in range(1_000_000): os.symlink("x", f"/dev/shm/{number}")`,
      expect: full,
    },
    {
      name: "hard links to one file",
      run: limited(
        py`
open("one", "w").close()
for number in range(1_000_000): os.link("one", f"{number}")
`,
        { cpuMs: 60_000, wallMs: 120_000 },
      ),
      // No inodes in gVisor, but its memory.
      expect: oneOf(full, typed("memory_limit")),
    },
    { name: "pipes with names", run: py`for number in range(1_000_000): os.mkfifo(f"{number}")`, expect: full },
    {
      name: "going on after each refusal",
      run: limited(
        py`
number = 0
while True:
    number += 1
    try: os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
    except OSError: pass
`,
        { cpuMs: 1500 },
      ),
      expect: typed("disk_limit", "time_limit"),
    },
  ],
  twins: [
    {
      run: py`
for number in range(2000): open(f"{number}", "w").write(str(number))
print(sum(int(open(name).read()) for name in os.listdir()))
`,
      prints: "1999000\n",
    },
  ],
};

export const nesting: AttackEntry = {
  id: "A09",
  title: "Deep directory nesting",
  variants: [
    {
      name: "10,000 levels",
      run: py`
for _ in range(10_000):
    os.mkdir("d")
    os.chdir("d")
open("bottom", "w").write("x")
print("done")
`,
      expect: prints("done\n"),
    },
    {
      name: "10,000 levels, closed to their owner, and the program stays at the bottom",
      run: py`
for _ in range(10_000):
    os.mkdir("d", 0o300)
    os.chdir("d")
    try: os.chmod("..", 0o000)
    except OSError: pass
spawn(lambda: time.sleep(60))
print("done")
`,
      expect: prints("done\n"),
    },
    {
      name: "a chain of links through deep folders, to be fetched",
      run: withMore(
        py`
for number in range(200): os.symlink(f"link{number + 1}", f"link{number}")
open("link200", "w").write("x")
print("done")
`,
        { outputs: [{ path: "link0", limit: 100 }] },
      ),
      expect: and(prints("done\n"), "the link is refused", ({ files }) => files[0]?.status === "refused"),
    },
    {
      name: "a path of 1,000 folders, to be fetched",
      run: withMore(
        py`
os.makedirs("d/" * 500)
open("d/" * 500 + "bottom", "w").write("deep")
print("done")
`,
        {
          outputs: [
            { path: `${"d/".repeat(500)}bottom`, limit: 100 },
            { path: `${"d/".repeat(1500)}bottom`, limit: 100 },
          ],
        },
      ),
      expect: and(
        prints("done\n"),
        "one is fetched, the other is missing",
        ({ files }) =>
          files[0]?.status === "ok" &&
          Buffer.from(files[0].data).toString() === "deep" &&
          files[1]?.status === "missing",
      ),
    },
  ],
  twins: [
    {
      run: py`
os.makedirs("a/b/c/d/e")
open("a/b/c/d/e/f", "w").write("x")
print(open("a/b/c/d/e/f").read())
`,
      prints: "x\n",
    },
  ],
};

const ODD_NAMES = [
  "-rf",
  "--help",
  "a\nb",
  "tab\there",
  "x".repeat(255),
  " ",
  "~",
  "$(id)",
  "`id`",
  "é😀",
  "\u{1b}[31m",
  "..x",
  "*",
];

export const names: AttackEntry = {
  id: "A10",
  title: "File names of 255 bytes, with newlines, invalid UTF-8, leading dashes",
  variants: [
    {
      name: "fetched by their names",
      run: withMore(
        py`
import json
for name in json.loads(sys.stdin.read()): open(name, "w").write("content")
print(len(os.listdir()))
`,
        {
          stdin: Buffer.from(JSON.stringify(ODD_NAMES)),
          outputs: ODD_NAMES.map((path) => ({ path, limit: 100 })),
        },
      ),
      expect: and(prints(`${ODD_NAMES.length}\n`), "all are fetched", ({ files }) =>
        files.every(({ status, data }) => status === "ok" && Buffer.from(data).toString() === "content"),
      ),
    },
    {
      name: "laid into the workspace by their names",
      run: withMore(
        py`
print(sum(open(name).read() == "given" for name in os.listdir()))
`,
        { files: ODD_NAMES.map((path) => ({ path, data: Buffer.from("given") })) },
      ),
      expect: prints(`${ODD_NAMES.length}\n`),
    },
    {
      name: "that are no text at all",
      run: py`
for number in range(1, 256):
    if number != 47: open(b"/tmp/" + bytes([number]) * 200, "w").close()
os.mkdir(b"\xff\xfe")
os.symlink(b"\xff" * 200, b"\xff\xfe/\xed\xa0\x80")
print(len(os.listdir(b"/tmp")))
`,
      // One of them is "..........": fine as a name.
      expect: prints("254\n"),
    },
    { name: "longer than a name can be", run: py`open("x" * 256, "w")`, expect: typed("runtime_error") },
    {
      name: "every file has the name of a tool's option",
      run: sh`cd /tmp && touch -- -rf --no-preserve-root && rm -- -rf && ls`,
      expect: prints("--no-preserve-root\n"),
    },
    {
      name: "a name that reads like the runner's own files",
      run: py`
for name in ("main.py", "prelude", "stdin", "result.json"): open(name, "w").write("x")
os.mkdir("sandlot")
`,
      expect: anyEnd(),
    },
  ],
  twins: [
    {
      run: py`
open("naïve café.txt", "w").write("ü")
print(os.listdir(), open("naïve café.txt").read())
`,
      prints: "['naïve café.txt'] ü\n",
    },
  ],
};
