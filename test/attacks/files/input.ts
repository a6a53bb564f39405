import { SandlotError } from "../../../src/core/errors/sandlot-error.ts";
import { faultCause } from "../../../src/sandbox/index.ts";
import type { ActedAttack, AttackEntry, AttackRun } from "../entry.ts";
import { and, anotherRefusal, prints, textOf } from "../expect.ts";
import { py, withMore } from "../kit.ts";
import { type Member, tar } from "./tar.ts";

const lister = py`
for folder, folders, files in os.walk("/workspace"):
    for name in sorted(folders + files): print(os.path.join(folder, name))
print("END")
`;

/** The run is refused before anything of it starts, and the sandbox is well afterwards. */
function notTaken(name: string, run: AttackRun): ActedAttack {
  return {
    name,
    word: "refused",
    says: "refused before anything runs",
    act: async (arena) => {
      const sandbox = await arena.open();
      try {
        const { exit, stdout } = await arena.run(sandbox, run);
        return `it ran: ${JSON.stringify(exit)} ${textOf(stdout)}`;
      } catch (error) {
        const refused = SandlotError.is(error, "invalid_request") || faultCause(error) === "setup";
        return refused ? null : anotherRefusal(error);
      }
    },
  };
}

const data = Buffer.from("planted");

export const traversal: AttackEntry = {
  id: "C42",
  title: "Path traversal in names of uploaded and fetched files",
  variants: [
    ...[
      "../escaped",
      "a/../../escaped",
      "/tmp/escaped",
      "nul\0byte",
      "a//b",
      "",
      ".",
      "..",
      "a/./b",
      "a/",
      "x".repeat(256),
    ].flatMap((path) => [
      notTaken(`into ${JSON.stringify(path.slice(0, 20))}`, withMore(lister, { files: [{ path, data }] })),
      notTaken(`out of ${JSON.stringify(path.slice(0, 20))}`, withMore(lister, { outputs: [{ path, limit: 10 }] })),
    ]),
    {
      name: "names that only look like it are plain names",
      run: withMore(
        py`
import json
print(json.dumps(sorted(os.listdir("/workspace"))), os.path.exists("/escaped"), os.listdir("/tmp"))
`,
        {
          files: ["..\\escaped", "%2e%2e%2fescaped", "．．／escaped", "...", "~", "C:\\x"].map((path) => ({
            path,
            data,
          })),
        },
      ),
      expect: {
        word: "contained",
        says: "six files in the workspace, none elsewhere",
        check: ({ stdout }) => {
          const out = textOf(stdout);
          return out.endsWith("] False []\n") &&
            (JSON.parse(out.slice(0, out.indexOf("]") + 1)) as string[]).length === 6
            ? null
            : out;
        },
      },
    },
    notTaken(
      "the same file twice",
      withMore(lister, {
        files: [
          { path: "twice", data },
          { path: "twice", data },
        ],
      }),
    ),
    notTaken(
      "a file below a file",
      withMore(lister, {
        files: [
          { path: "file", data },
          { path: "file/below", data },
        ],
      }),
    ),
    {
      name: "setuid, setgid and sticky bits in modes",
      run: withMore(
        py`
print(oct(os.stat("tool").st_mode & 0o7777), os.access("tool", os.X_OK))
`,
        { files: [{ path: "tool", data, mode: 0o6755 }] },
      ),
      expect: {
        word: "contained",
        says: "the bits are gone",
        check: ({ stdout }) => (textOf(stdout) === "0o755 True\n" ? null : textOf(stdout)),
      },
    },
  ],
  twins: [
    {
      run: withMore(
        py`
print(open("a/b/c.txt").read(), open("ü.txt").read())
`,
        {
          files: [
            { path: "a/b/c.txt", data: Buffer.from("deep") },
            { path: "ü.txt", data: Buffer.from("wide") },
          ],
        },
      ),
      prints: "deep wide\n",
    },
  ],
};

const archived = (data: Buffer, path = ".") => ({ files: [{ path, data, archive: true }] });

const BAD_MEMBERS: Readonly<Record<string, readonly Member[]>> = {
  "a name with ..": [{ name: "../escaped", content: "x" }],
  "a name with .. within": [{ name: "a/../../escaped", content: "x" }],
  "a name with .., to where files may be written": [{ name: "../tmp/escaped", content: "x" }],
  "an absolute name": [{ name: "/tmp/escaped", content: "x" }],
  "a symbolic link": [{ name: "link", type: "2", linkname: "/etc" }],
  "a link, then a file through it": [
    { name: "link", type: "2", linkname: "/tmp" },
    { name: "link/escaped", content: "x" },
  ],
  "a hard link": [{ name: "link", type: "1", linkname: "/etc/passwd" }],
  "a character device": [{ name: "device", type: "3" }],
  "a block device": [{ name: "device", type: "4" }],
  "a pipe": [{ name: "pipe", type: "6" }],
  "a type that nobody knows": [{ name: "odd", type: "Z", content: "x" }],
  "a file, then one below it": [
    { name: "x", content: "x" },
    { name: "x/y", content: "y" },
  ],
};

export const archiveTraversal: AttackEntry = {
  id: "C43",
  title: "Archive traversal: .., absolute paths, links, devices, setuid bits",
  variants: [
    ...Object.entries(BAD_MEMBERS).map(([name, members]) => notTaken(name, withMore(lister, archived(tar(members))))),
    {
      name: "setuid bits and a foreign owner",
      run: withMore(
        py`
status = os.stat("tool")
print(oct(status.st_mode & 0o7777), status.st_uid == os.getuid())
`,
        archived(tar([{ name: "tool", content: "x", mode: 0o6755 }])),
      ),
      expect: prints("0o755 True\n"),
    },
    {
      name: "what a program leaves is archived without links, devices and pipes",
      run: withMore(
        py`
os.makedirs("out/inner")
open("out/inner/file", "w").write("kept")
os.symlink("/etc/passwd", "out/link")
os.symlink("/etc", "out/folder")
os.mkfifo("out/pipe")
print("planted")
`,
        { outputs: [{ path: "out", limit: 1 << 20, archive: true }] },
      ),
      expect: and(prints("planted\n"), "files alone, or refused", ({ files }) => {
        const bytes = Buffer.from(files[0]?.data ?? []);
        const clean = !bytes.includes("root:") && !bytes.includes("passwd") && !bytes.includes("pipe");
        return files[0]?.status === "refused" || (files[0]?.status === "ok" && clean && bytes.includes("kept"));
      }),
    },
    {
      name: "a folder to be archived is a link, or has links on the way",
      run: withMore(
        py`
os.symlink("/etc", "out")
os.mkdir("real")
os.symlink("/", "real/root")
print("planted")
`,
        { outputs: ["out", "real/root/etc"].map((path) => ({ path, limit: 1 << 20, archive: true })) },
      ),
      expect: and(prints("planted\n"), "refused", ({ files }) =>
        files.every(({ status, data }) => status === "refused" && data.length === 0),
      ),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
print(open("a/b").read(), oct(os.stat("a/run").st_mode & 0o777), sorted(os.listdir("a")))
`,
        archived(
          tar([
            { name: "a/", type: "5", mode: 0o755 },
            { name: "a/b", content: "given" },
            { name: "a/run", content: "#!", mode: 0o755 },
          ]),
        ),
      ),
      prints: "given 0o755 ['b', 'run']\n",
    },
  ],
};

function bomb(name: string, data: Buffer): ActedAttack {
  return notTaken(name, withMore(lister, archived(data)));
}

export const archiveBombs: AttackEntry = {
  id: "C44",
  title: "Archive bombs",
  variants: [
    bomb("a file of eight gigabytes that is not there", tar([{ name: "bomb", size: (1n << 33n) - 1n }])),
    bomb("a file of a petabyte, in the notation for large numbers", tar([{ name: "bomb", size: 1n << 50n }])),
    bomb("a size below zero", tar([{ name: "bomb", size: (1n << 64n) - 1n }])),
    bomb("twenty thousand files", tar(Array.from({ length: 20_000 }, (_, n) => ({ name: String(n) })))),
    bomb(
      "thirty thousand folders, of which nothing is made",
      tar(Array.from({ length: 30_000 }, (_, n) => ({ name: `${n}/`, type: "5" }))),
    ),
    bomb("more bytes than the scratch space has", tar([{ name: "big", content: "x".repeat(12 << 20) }])),
    bomb("no archive at all", Buffer.from("PK\u0003\u0004 this is a zip, or nothing".repeat(100))),
    bomb("cut in the middle", tar([{ name: "file", content: "x".repeat(5000) }]).subarray(0, 1500)),
    {
      name: "a folder of more than was asked for, to be fetched",
      run: withMore(
        py`
os.mkdir("out")
for number in range(200): open(f"out/{number}", "wb").write(bytes(10_000))
print("written")
`,
        { outputs: [{ path: "out", limit: 100_000, archive: true }] },
      ),
      expect: and(
        prints("written\n"),
        "too large, and empty",
        ({ files }) => files[0]?.status === "too_large" && files[0].data.length === 0,
      ),
    },
    {
      name: "a folder with ten thousand levels, to be fetched",
      run: withMore(
        py`
os.mkdir("out")
os.chdir("out")
for _ in range(10_000):
    os.mkdir("d")
    os.chdir("d")
print("planted")
`,
        { outputs: [{ path: "out", limit: 1 << 20, archive: true }] },
      ),
      expect: and(prints("planted\n"), "any answer but a fault", ({ files }) => files.length === 1),
    },
  ],
  twins: [
    {
      run: withMore(
        py`
os.makedirs("out/deep")
for number in range(100): open(f"out/deep/{number}", "w").write("x" * 100)
print("written")
`,
        { outputs: [{ path: "out", limit: 1 << 20, archive: true }] },
      ),
      prints: "written\n",
    },
  ],
};
