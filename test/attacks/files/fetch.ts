import type { AttackEntry } from "../entry.ts";
import { and, oneOf, prints, typed } from "../expect.ts";
import { limited, py, sh, withMore } from "../kit.ts";
import { lateAnswer } from "./late.ts";

const outputs = (...paths: readonly string[]) => ({ outputs: paths.map((path) => ({ path, limit: 4096 })) });

const LINKS = [
  "passwd",
  "environ",
  "agent",
  "random",
  "loop",
  "a",
  "outside/passwd",
  "own",
  "fd",
  "root/etc/passwd",
  "up/up",
];

export const linkedFiles: AttackEntry = {
  id: "C39",
  title: "A symbolic link as the file to fetch",
  variants: [
    {
      name: "to everything that is worth it",
      run: withMore(
        py`
os.symlink("/etc/passwd", "passwd")
os.symlink("/proc/1/environ", "environ")
os.symlink("/sandlot/agent/agent.py", "agent")
os.symlink("/dev/urandom", "random")
os.symlink("loop", "loop")
os.symlink("b", "a"); os.symlink("a", "b")
os.symlink("/etc", "outside")
open("real", "w").write("x"); os.symlink("real", "own")
os.symlink("/proc/self/fd/0", "fd")
os.symlink("/", "root")
os.symlink("..", "up")
print("planted")
`,
        outputs(...LINKS),
      ),
      expect: and(prints("planted\n"), "all are refused", ({ files }) =>
        files.every(({ status, data }) => status === "refused" && data.length === 0),
      ),
    },
    {
      name: "a folder on the way becomes a link",
      run: withMore(
        py`
os.makedirs("deep/er")
open("deep/er/file", "w").write("x")
os.rename("deep", "moved")
os.symlink("/proc/1", "deep")
os.symlink("/", "moved/er/root")
print("planted")
`,
        outputs("deep/environ", "deep/er/file", "moved/er/root/etc/passwd", "moved/er/file"),
      ),
      expect: and(
        prints("planted\n"),
        "only the last is fetched",
        ({ files }) =>
          files.slice(0, 3).every(({ status }) => status === "refused" || status === "missing") &&
          files[3]?.status === "ok",
      ),
    },
    {
      name: "a hard link to a file of the image or of /proc",
      run: withMore(
        py`
for number, path in enumerate(("/etc/passwd", "/usr/bin/python3", "/proc/self/environ", "/dev/null")):
    try: os.link(path, f"link{number}")
    except OSError: pass
    try: os.link(path, f"followed{number}", follow_symlinks=True)
    except OSError: pass
print("tried")
`,
        outputs("link0", "link1", "link2", "link3", "followed0", "followed1"),
      ),
      expect: and(prints("tried\n"), "none is there", ({ files }) => files.every(({ status }) => status === "missing")),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
os.makedirs("out")
open("out/answer", "w").write("42")
print("written")
`,
        outputs("out/answer"),
      ),
      prints: "written\n",
    },
  ],
};

export const oddFiles: AttackEntry = {
  id: "C40",
  title: "A pipe or device as the file to fetch",
  variants: [
    {
      name: "pipes, sockets, folders, devices",
      run: withMore(
        py`
import socket
os.mkfifo("pipe")
socket.socket(socket.AF_UNIX).bind("socket")
os.mkdir("folder")
for number, device in enumerate(((1, 5), (1, 9), (5, 0), (10, 200))):
    try: os.mknod(f"device{number}", 0o020666, os.makedev(*device))
    except OSError: pass
print("planted")
`,
        outputs("pipe", "socket", "folder", "device0", "device1"),
      ),
      expect: and(prints("planted\n"), "none is fetched", ({ files }) =>
        files.every(({ status }) => status === "refused" || status === "missing"),
      ),
    },
    {
      name: "a pipe with a writer that stays behind",
      run: withMore(
        py`
os.mkfifo("pipe")
spawn(lambda: open("pipe", "w").write("x") or time.sleep(60))
spawn(lambda: os.open("pipe", os.O_RDWR) and time.sleep(60))
time.sleep(0.1)
print("planted")
`,
        outputs("pipe"),
      ),
      expect: and(prints("planted\n"), "refused", ({ files }) => files[0]?.status === "refused"),
    },
    {
      name: "a file without permissions, in a folder without permissions",
      run: withMore(
        py`
os.mkdir("closed")
open("closed/file", "w").write("mine")
os.chmod("closed/file", 0)
os.chmod("closed", 0)
print("planted")
`,
        outputs("closed/file"),
      ),
      expect: and(prints("planted\n"), "any answer but a fault", ({ files }) => files.length === 1),
    },
  ],
  twins: [
    { run: withMore(sh`mkfifo p; (echo through > p &); cat p > out; cat out`, outputs("out")), prints: "through\n" },
  ],
};

export const racedFiles: AttackEntry = {
  id: "C41",
  title: "Swapping file for symbolic link between check and read",
  variants: [
    ...[1, 2, 3].map((round) => ({
      name: `a child that swaps as fast as it can, try ${round}`,
      run: withMore(
        py`
open("good", "w").write("good")
os.symlink("/etc/passwd", "bad")
os.link("good", "target")
def swap():
    while True:
        for source in ("bad", "good"):
            try:
                os.link(source, "next", follow_symlinks=False)
                os.rename("next", "target")
            except OSError: pass
for _ in range(2): spawn(swap)
time.sleep(0.05 * ${round})
print("racing")
`,
        outputs("target"),
      ),
      expect: and(prints("racing\n"), "never what the link points to", ({ files }) =>
        files.every(({ status, data }) => status !== "ok" || Buffer.from(data).toString() === "good"),
      ),
    })),
    lateAnswer,
    {
      name: "a file that grows while it is read",
      run: withMore(
        py`
open("target", "w").write("x")
def grow():
    while True:
        try: open("target", "ab", 0).write(bytes(4096))
        except OSError: os.truncate("target", 0)
spawn(grow)
time.sleep(0.05)
print("growing")
`,
        outputs("target"),
      ),
      expect: and(prints("growing\n"), "bounded", ({ files }) => files.every(({ data }) => data.length <= 4096)),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
for number in range(100):
    open("next", "w").write(str(number))
    os.replace("next", "target")
print("replaced")
`,
        outputs("target"),
      ),
      prints: "replaced\n",
    },
  ],
};

export const largeFiles: AttackEntry = {
  id: "C50",
  title: "Result too large: a 10 GB file, 100,000 files",
  variants: [
    {
      name: "a sparse file of ten gigabytes",
      run: withMore(
        py`
for size in (10 << 30, 4 << 20):
    try: os.truncate(os.open("big", os.O_RDWR | os.O_CREAT), size)
    except OSError: pass
print("grown")
`,
        outputs("big"),
      ),
      expect: and(
        oneOf(prints("grown\n"), typed("disk_limit", "runtime_error")),
        "nothing of it is sent",
        ({ files }) => files.every(({ status, data }) => status === "too_large" && data.length === 0),
      ),
    },
    {
      name: "a hundred thousand files",
      run: py`
for number in range(100_000): os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
`,
      expect: typed("disk_limit"),
    },
    {
      name: "one byte above what was asked for",
      run: withMore(
        py`
open("big", "wb").write(bytes(4097))
open("fits", "wb").write(bytes(4096))
print("written")
`,
        outputs("big", "fits"),
      ),
      expect: and(
        prints("written\n"),
        "one is too large, the other is fetched",
        ({ files }) => files[0]?.status === "too_large" && files[1]?.data.length === 4096,
      ),
    },
    {
      name: "as many as can be asked for, each as large as it may be",
      run: limited(
        withMore(
          py`
for number in range(60): open(f"{number}", "wb").write(bytes(60_000))
print("written")
`,
          { outputs: Array.from({ length: 60 }, (_, n) => ({ path: String(n), limit: 60_000 })) },
        ),
        { diskBytes: 8 << 20 },
      ),
      expect: and(prints("written\n"), "all are fetched", ({ files }) =>
        files.every(({ status, data }) => status === "ok" && data.length === 60_000),
      ),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
open("small", "w").write("x")
print("written")
`,
        outputs("small"),
      ),
      prints: "written\n",
    },
  ],
};
