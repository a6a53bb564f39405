import { catalogueOf } from "../../../src/sandbox/images/catalogue.ts";
import { ImageManifest } from "../../../src/sandbox/images/manifest.ts";
import type { ImageCatalogue } from "../../../src/sandbox/index.ts";

const PYTHON = "/usr/bin/python3";

/** Compiles Python to a file, so that the compiled way can be gone on every machine that has Python. */
const COMPILER = "import py_compile; py_compile.compile('main.py', cfile='main.pyc', doraise=True)";

const COPIER = `import os, sys
saw = os.listdir()
source = open(sys.argv[1]).read()
compile(source, sys.argv[1], "exec")
open(sys.argv[2], "w").write("SAW = %r\\n%s" % (saw, source))`;

const INTERPRETERS = {
  python: { argv: [PYTHON, "-s"] },
  waiting: { kind: "spare", argv: ["x"] },
};

/** Languages of the image `python`, by every way a manifest can describe. */
export const LANGUAGES = {
  python: {
    aliases: ["py"],
    version: [PYTHON, "--version"],
    source: "main.py",
    interpreter: "python",
    sessions: "slot",
    limits: { wall_seconds: 4 },
  },
  bash: {
    version: ["/bin/bash", "--version"],
    source: "main.sh",
    run: ["/bin/bash", "main.sh"],
    sessions: "container",
  },
  /** Runs by a launcher that finds the code in a file. */
  launched: {
    version: [PYTHON, "--version"],
    source: "code.txt",
    interpreter: "python",
    launcher: "import sys\nprint('launched', sys.argv[1:], open('code.txt').read())",
    env: { LANGUAGE: "launched" },
  },
  /** Compiled; slow to start, says its manifest. */
  compiled: {
    aliases: ["pyc"],
    version: [PYTHON, "--version"],
    source: "main.py",
    compile: { argv: [PYTHON, "-c", COMPILER], artefacts: [{ path: "main.pyc" }], limits: { wall_seconds: 6 } },
    run: [PYTHON, "main.pyc"],
    time_factor: 2,
  },
  /** Its compiler is the program itself. */
  selfmade: {
    version: [PYTHON, "--version"],
    source: "main.py",
    compile: { argv: [PYTHON, "main.py"], artefacts: [{ path: "out" }], limits: { wall_seconds: 2, memory_mib: 128 } },
    run: [PYTHON, "out"],
  },
  /** Its tests may be a program, too; either compiler leaves the source, when there is one, and what else it saw. */
  paired: {
    version: [PYTHON, "--version"],
    source: "main.py",
    run: [PYTHON, "main.py"],
    bridge: {
      program: {
        compile: { argv: [PYTHON, "-c", COPIER, "main.py", "out"], artefacts: [{ path: "out" }] },
        run: [PYTHON, "out"],
      },
      tests: {
        source: "tests.py",
        compile: { argv: [PYTHON, "-c", COPIER, "tests.py", "judge"], artefacts: [{ path: "judge" }] },
        run: [PYTHON, "judge", "{memory_mib}"],
        limits: { memory_mib: 128, processes: 4 },
      },
    },
  },
  /** Knows its memory limit. */
  modest: { version: ["x"], source: "x", run: ["x", "-m{memory_mib}m"], env: { M: "{memory_mib}" } },
  /** Its interpreter is a process that waits, and finds the code in a file. */
  waiting: { version: ["x"], source: "main.w", interpreter: "waiting" },
  huge: { version: ["x"], source: "x", run: ["x"], limits: { memory_mib: 1 << 20, processes: 1 << 20 } },
} as const;

export function testCatalogue(): ImageCatalogue {
  const manifest = ImageManifest.parse({
    name: "python",
    description: "for tests",
    interpreters: INTERPRETERS,
    languages: LANGUAGES,
  });
  return catalogueOf([{ manifest, folder: "/none" }]);
}
