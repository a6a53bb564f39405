import type { AttackEntry } from "../entry.ts";
import { prints } from "../expect.ts";
import { py } from "../kit.ts";

export const episodes: AttackEntry = {
  id: "H103",
  title: "Episode A leaves marks by every channel; episode B looks for them",
  variants: [
    {
      name: "all channels at once",
      run: py`
import builtins, resource, signal, socket
def daemon():
    os.setsid()
    if os.fork(): os._exit(0)
    end = socket.socket(socket.AF_UNIX)
    end.bind("\0episode-a"); end.listen()
    time.sleep(60)
spawn(daemon)
for place in ("/tmp", "/workspace", "/dev/shm", "/dev", "/var/tmp", "/run"):
    try: open(place + "/episode-a", "w").write("answer = 42")
    except OSError: pass
for act in (lambda: os.umask(0), lambda: os.nice(5), lambda: signal.signal(signal.SIGINT, signal.SIG_IGN), lambda: os.chdir("/"),
            lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)), lambda: signal.setitimer(signal.ITIMER_REAL, 100),
            lambda: os.sched_setaffinity(0, {0}), lambda: syscall(135, 0x40000), lambda: socket.sethostname("episode-a")):
    try: act()
    except OSError: pass
builtins.episode_a = 42
sys.modules["episode_a"] = sys
ctypes.memmove(id(9) + 24, (8).to_bytes(4, "little"), 4)
time.sleep(0.1)
os.write(1, b"marked\n")
os._exit(0)
`,
      expect: prints("marked\n"),
      next: {
        run: py`
import builtins, glob, socket
found = [path for path in glob.glob("/*/episode-a") + glob.glob("/*/*/episode-a")]
if hasattr(builtins, "episode_a") or "episode_a" in sys.modules: found.append("interpreter")
if 4 + 5 != int("9"): found.append("arithmetic")
try: socket.socket(socket.AF_UNIX).connect("\0episode-a"); found.append("socket")
except OSError: pass
print(found)
`,
        expect: prints("[]\n"),
      },
    },
  ],
  twins: [
    {
      run: py`
open("/tmp/own", "w").write("x")
print(os.listdir("/tmp"))
`,
      prints: "['own']\n",
    },
  ],
};
