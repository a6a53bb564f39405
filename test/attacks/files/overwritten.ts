import type { AttackEntry } from "../entry.ts";
import { prints, refused } from "../expect.ts";
import { py, withMore } from "../kit.ts";

export const overwritten: AttackEntry = {
  id: "C47",
  title: "Overwriting interpreter, standard library, start-up files",
  variants: [
    {
      name: "files of the image and of the agent",
      run: py`
import json, sysconfig
library = os.path.dirname(json.__file__)
for path in (sys.executable, library + "/__init__.py", "/usr/lib/python3/dist-packages/x.pth", "/etc/ld.so.preload", "/etc/passwd", "/etc/profile",
             "/etc/bash.bashrc", "/usr/bin/env", "/bin/sh", "/sandlot/agent/agent.py", "/sandlot/agent/slot.py", sysconfig.get_path("purelib") + "/sitecustomize.py"):
    attempt(f"write {path}", lambda: os.open(path, os.O_WRONLY | os.O_CREAT))
    attempt(f"unlink {path}", lambda: os.unlink(path))
    attempt(f"rename over {path}", lambda: os.rename("/workspace", path))
end()
`,
      expect: refused(),
    },
    {
      name: "start-up files in the home and the working directory",
      run: py`
import site
os.makedirs(site.getusersitepackages(), exist_ok=True)
evil = "print('HIJACKED')"
for path in (site.getusersitepackages() + "/usercustomize.py", site.getusersitepackages() + "/x.pth", "sitecustomize.py", "usercustomize.py", "json.py", "random.py", "os.py", "string.py"):
    open(path, "w").write(evil)
for path in (".bashrc", ".profile", ".bash_profile", ".npmrc", ".gitconfig", ".pythonrc"): open(path, "w").write("echo HIJACKED")
print("planted")
`,
      expect: prints("planted\n"),
      next: {
        run: py`
import json, random, subprocess
out = subprocess.run(["/usr/bin/python3", "-c", "import json, random; print('clean')"], capture_output=True, text=True).stdout
print(out, subprocess.run(["/bin/sh", "-lc", "echo clean"], capture_output=True, text=True).stdout, os.listdir())
`,
        expect: prints("clean\n clean\n []\n"),
      },
    },
    {
      name: "variables of the environment in one run",
      run: withMore(
        py`
os.environ["PYTHONPATH"] = "/workspace"; os.environ["NODE_OPTIONS"] = "--require /workspace/x.js"; os.putenv("PATH", "/workspace")
print("set")
`,
        { env: { PYTHONPATH: "/workspace", NODE_OPTIONS: "--require x" } },
      ),
      expect: prints("set\n"),
      next: {
        run: py`print([name for name in ("PYTHONPATH", "NODE_OPTIONS") if name in os.environ], os.environ["PATH"])`,
        expect: prints("[] /usr/local/bin:/usr/bin:/bin\n"),
      },
    },
    {
      name: "the trusted prelude of a later run is shadowed by a file",
      run: withMore(py`print("second")`, {
        files: ["math", "string", "collections", "json", "re", "typing"].map((name) => ({
          path: `${name}.py`,
          data: Buffer.from("print('HIJACKED')"),
        })),
      }),
      expect: prints("second\n"),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
import helper
print(helper.value)
`,
        { files: [{ path: "helper.py", data: Buffer.from("value = 7") }] },
      ),
      prints: "7\n",
    },
  ],
};
