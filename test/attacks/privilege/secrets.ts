import type { AttackEntry } from "../entry.ts";
import { prints, refused } from "../expect.ts";
import { cold, py, sh, withMore } from "../kit.ts";

export const environments: AttackEntry = {
  id: "E61",
  title: "Environment and command lines of itself and of others",
  variants: [
    {
      name: "its own",
      run: py`
names = set(os.environ) | {row.split(b"=")[0].decode() for row in open("/proc/self/environ", "rb").read().split(b"\0") if row}
print(sorted(names - {"PATH", "HOME", "LANG", "TMPDIR", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LC_CTYPE"}))
`,
      expect: prints(/^\[\]\n$/),
    },
    {
      name: "a command's own",
      run: sh`env | cut -d= -f1 | sort | tr '\n' ' '`,
      expect: prints("HOME LANG PATH PWD TMPDIR "),
    },
    {
      name: "the environment of every other process",
      run: py`
for pid in filter(str.isdigit, os.listdir("/proc")):
    if pid != str(os.getpid()): attempt(f"{pid} environ", lambda: open(f"/proc/{pid}/environ").read())
attempt("1 environ", lambda: open("/proc/1/environ").read())
end()
`,
      expect: refused(),
    },
    {
      name: "the command line of every other process",
      run: py`
others = [pid for pid in os.listdir("/proc") if pid.isdigit() and pid not in ("1", str(os.getpid()))]
print(others, [open(f"/proc/{pid}/cmdline").read() for pid in others])
`,
      expect: prints("[] []\n"),
    },
    {
      name: "a secret in any command line that it can see",
      run: py`
import re
lines = [open(f"/proc/{pid}/cmdline").read() for pid in os.listdir("/proc") if pid.isdigit()]
print([line for line in lines if re.search(r"(?i)token|secret|[0-9a-f]{32}", line) and "re.search" not in line])
`,
      expect: prints("[]\n"),
    },
    {
      name: "words of a secret in what it can read of itself",
      run: py`
import re, stat
words = ("SANDLOT", "TOKEN", "SECRET", "Bearer ")
found = [word for word in words if any(word in text for text in [*os.environ.values(), *os.environ])]
token = re.compile(rb"SANDLOT_TOKEN=[0-9a-f]{16}")
memory = open("/proc/self/mem", "rb", 0)
for row in open("/proc/self/maps"):
    span, access, *_, name = row.split(None, 5) if len(row.split(None, 5)) > 5 else [*row.split(), ""]
    if "r" not in access or name.strip().startswith("[v"): continue
    start, stop = (int(part, 16) for part in span.split("-"))
    memory.seek(start)
    try: bytes_ = memory.read(min(stop - start, 64 << 20))
    except OSError: continue
    if token.search(bytes_): found.append(span)
for folder, folders, names in os.walk("/proc"):
    folders[:] = [name for name in folders if not name.isdigit() and name not in ("self", "thread-self")]
    for path in (os.path.join(folder, name) for name in names):
        try:
            if not stat.S_ISREG(os.stat(path).st_mode): continue
            with open(path, "rb", 0) as file:
                if b"SANDLOT_TOKEN" in file.read(1 << 16): found.append(path)
        except OSError: pass
print(found)
`,
      expect: prints("[]\n"),
    },
  ],
  twins: [
    {
      run: withMore(cold`print(os.environ["GREETING"], os.environ["HOME"])`, { env: { GREETING: "hello" } }),
      prints: "hello /workspace\n",
    },
  ],
};

export const credentials: AttackEntry = {
  id: "E62",
  title: "Service-account tokens, registry credentials, cloud configuration, SSH agent",
  variants: [
    {
      name: "at their usual places",
      run: py`
import glob
for path in ("/var/run/secrets/kubernetes.io/serviceaccount/token", "/run/secrets", "/root/.docker/config.json", "/root/.aws/credentials", "/root/.ssh/id_rsa",
             "/root/.kube/config", "/etc/kubernetes/admin.conf", "/root/.config/gcloud", "/root/.npmrc", "/root/.git-credentials", "/root/.netrc", "/etc/shadow",
             "/workspace/.env", "/.env", "/etc/sandlot", "/var/lib/docker", "/var/lib/kubelet", "/data", "/host", "/hostfs", "/mnt/host"):
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
for pattern in ("/home/*/.*", "/root/.*", "/tmp/ssh-*", "/**/*.pem", "/etc/ssl/private/*"):
    found = [path for path in glob.glob(pattern) if os.path.isfile(path) and os.access(path, os.R_OK) and not path.endswith((".bashrc", ".profile", ".bash_logout"))]
    if found: print("SUCCEEDED finding", found)
end()
`,
      expect: refused(),
    },
  ],
  twins: [{ run: sh`test -r /etc/passwd && echo readable || echo absent`, prints: /^(readable|absent)\n$/ }],
};

export const agentSecrets: AttackEntry = {
  id: "E63",
  title: "The agent's token, nonce and run id",
  variants: [
    {
      name: "in files, descriptors, command lines and the interpreter's own objects",
      run: py`
import gc, re
hexadecimal = re.compile(r"\b[0-9a-f]{64}\b")
found = []
for root in ("/proc/self/cmdline", "/proc/self/environ", "/proc/1/cmdline", "/proc/cmdline", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"):
    try: text = open(root, errors="replace").read()
    except OSError: continue
    if root == "/proc/cmdline" or hexadecimal.search(text) and not re.search(r"docker", text): found += hexadecimal.findall(text)
for thing in gc.get_objects():
    try:
        if isinstance(thing, dict): found += [value for value in map(str, thing.values()) if hexadecimal.fullmatch(value)]
        elif isinstance(thing, (list, tuple)): found += [value for value in map(str, thing) if hexadecimal.fullmatch(value)]
    except Exception: pass
print(found)
`,
      expect: prints("[]\n"),
    },
    {
      name: "the runner's own modules and frames, from within",
      run: py`
import gc, inspect
frame, files = inspect.currentframe(), []
while frame:
    files.append(frame.f_code.co_filename)
    frame = frame.f_back
import socket
sockets = [thing for thing in gc.get_objects() if isinstance(thing, socket.socket)]
for thing in sockets: attempt("a socket of the runner", lambda: thing.send(b"x"))
attempt("none", lambda: os.write(900, b"x"))
end()
`,
      expect: refused(),
    },
    ...[false, true].map((leaves) => ({
      name: `what earlier runs left in the memory that it was forked with${leaves ? ", after one that left processes behind" : ""}`,
      run: withMore(
        py`
import zlib
secret = zlib.adler32(sys.stdin.buffer.read())
print("the answer of a rival is 42 * 4711 / " + "secret" * 20)
if ${leaves ? "True" : "False"}: spawn(lambda: time.sleep(60))
`,
        {
          stdin: Buffer.from("rival-input-".repeat(2000)),
          files: [{ path: "rival.txt", data: Buffer.from("rival-input-".repeat(300)) }],
          // Of all that the lane reads, texts of many sizes: what it lets go of is not all written over.
          env: Object.fromEntries(
            Array.from({ length: 300 }, (_, n) => [`RIVAL_${n}`, "rival-input-".repeat(2 + (n % 30))]),
          ),
        },
      ),
      expect: prints(/^the answer/),
      next: {
        run: py`
import re
# Written so that it does not find itself.
wanted = re.compile(rb"rival-inp(?:u)t-rival|a rival is 42 [*] 47(?:1)1 / secr")
found, memory = set(), open("/proc/self/mem", "rb", 0)
for row in open("/proc/self/maps"):
    span, access = row.split()[:2]
    if "r" not in access or "[v" in row: continue
    start, stop = (int(part, 16) for part in span.split("-"))
    memory.seek(start)
    try: data = memory.read(min(stop - start, 16 << 20))
    except OSError: continue
    found.update(wanted.findall(data or b""))
print(found)
`,
        expect: prints("set()\n"),
      },
    })),
    {
      name: "the agent's folder",
      run: py`
for path in ("/sandlot", "/sandlot/agent"):
    attempt(f"write {path}", lambda: os.open(path + "/x", os.O_CREAT | os.O_WRONLY))
secrets = []
for folder, _, names in os.walk("/sandlot"):
    for name in names:
        try: data = open(os.path.join(folder, name), "rb").read(1 << 20)
        except OSError: continue
        if b"PRIVATE KEY" in data: secrets.append(name)
print("SUCCEEDED" if secrets else "none", secrets)
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    {
      run: py`
import secrets
print(len(secrets.token_hex(32)))
`,
      prints: "64\n",
    },
  ],
};

export const seeds: AttackEntry = {
  id: "E71",
  title: "Same random seed in every clone of a warm process; predictable temporary names",
  variants: [
    {
      name: "twenty clones, all different",
      word: "contained",
      says: "no two runs draw the same",
      act: async (arena) => {
        const sandbox = await arena.open();
        const seen = new Set<string>();
        const runs = 20;
        for (let n = 0; n < runs; n++) {
          const { stdout } = await arena.run(
            sandbox,
            py`
import random, secrets, tempfile, uuid
print(random.random(), random.Random().random(), secrets.token_hex(8), uuid.uuid4(), next(tempfile._get_candidate_names()), os.urandom(8).hex())
`,
          );
          for (const word of Buffer.from(stdout.head).toString().trim().split(" ")) seen.add(word);
        }
        return seen.size === 6 * runs ? null : `${6 * runs - seen.size} repetitions`;
      },
    },
    {
      name: "the order of a clone does not tell the next one's numbers",
      run: py`
import random
random.seed(1)
print(random.getstate()[1][0])
`,
      expect: prints(/^\d+\n$/),
      next: {
        run: py`
import random
first = random.random()
random.seed(1)
print(first != random.random())
`,
        expect: prints("True\n"),
      },
    },
  ],
  twins: [
    {
      run: py`
import random
random.seed(42)
print(random.randint(1, 100), hash("abc") == hash("abc"))
`,
      prints: "82 True\n",
    },
  ],
};

export const zygote: AttackEntry = {
  id: "E72",
  title: "A clone that alters its zygote or shared pages of files",
  variants: [
    {
      name: "small numbers, builtins and modules changed in place",
      run: py`
import builtins, json, math, random, collections
# The number 7 becomes an 8 for everybody who shares this object.
ctypes.memmove(id(7) + 24, (8).to_bytes(4, "little"), 4)
builtins.print = lambda *_: None
builtins.len = lambda _: 0
math.floor = lambda _: 666
json.dumps = lambda _: "HIJACKED"
random.random = lambda: 0.5
collections.Counter.most_common = lambda *_: []
sys.modules["re"] = None
os.write(1, b"altered\n")
os._exit(0)
`,
      expect: prints("altered\n"),
      next: {
        run: py`
import collections, json, math, random, re
print(3 + 4, len("abc"), math.floor(2.5), json.dumps([1]), random.random() != 0.5, collections.Counter("aab").most_common(1), re.sub("a", "b", "a"))
`,
        expect: prints("7 3 2 [1] True [('a', 2)] b\n"),
      },
    },
    {
      name: "code of the C library patched in memory",
      run: py`
import re
row = next(row for row in open("/proc/self/maps") if "r-xp" in row and "libc" in row)
start, stop = (int(part, 16) for part in row.split()[0].split("-"))
address = ctypes.cast(libc.getppid, ctypes.c_void_p).value
if libc.mprotect(ctypes.c_void_p(address & ~4095), ctypes.c_size_t(8192), 7) == 0:
    ctypes.memmove(address, bytes.fromhex("b82a000000c3"), 6)
print(os.getppid())
`,
      expect: prints(/^\d+\n$/),
      next: { run: py`print(os.getppid() != 42)`, expect: prints("True\n") },
    },
    {
      name: "shared pages of the image's files, for writing",
      run: py`
import mmap
for path in (sys.executable, "/etc/passwd", os.__file__):
    attempt(f"map {path}", lambda: mmap.mmap(os.open(path, os.O_RDWR), 4096))
    attempt(f"map shared {path}", lambda: mmap.mmap(os.open(path, os.O_RDONLY), 16, flags=mmap.MAP_SHARED, prot=mmap.PROT_WRITE))
def splice():
    reader, writer = os.pipe()
    source = os.open("/etc/passwd", os.O_RDONLY)
    os.splice(source, writer, 1, offset_src=0)
    os.write(writer, b"DIRTY")
    return open("/etc/passwd").read(6) if "DIRTY" in open("/etc/passwd").read(6) else (_ for _ in ()).throw(PermissionError(1, "clean"))
if hasattr(os, "splice"): attempt("dirty pipe", splice)
end()
`,
      expect: refused(),
    },
  ],
  twins: [
    {
      run: py`
import json
json.extra = 1
print(json.extra)
`,
      prints: "1\n",
    },
  ],
};
