import { type Defence, patch } from "./defence.ts";

export const FILES: readonly Defence[] = [
  {
    name: "links to files are not followed",
    where: "local",
    patches: [
      patch("files.py", "flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK", "flags = os.O_RDONLY | os.O_NONBLOCK"),
    ],
    attacks: ["C39 to everything", "C41 a child"],
  },
  {
    name: "links to folders are not followed",
    where: "local",
    patches: [
      patch(
        "files.py",
        "os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)",
        "os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)",
      ),
      patch(
        "files.py",
        "    if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):\n",
        "    if False:\n",
      ),
    ],
    attacks: ["C39 to everything", "C39 a folder", "C43 a folder"],
  },
  {
    name: "regular files alone are fetched",
    where: "local",
    patches: [patch("files.py", "    if stat.S_ISREG(os.fstat(descriptor).st_mode):\n", "    if True:\n")],
    attacks: ["C40 pipes", "C40 a pipe"],
  },
  {
    name: "pipes are not waited for",
    where: "local",
    patches: [patch("files.py", "os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY", "os.O_NOFOLLOW | os.O_NOCTTY")],
    attacks: ["C40 pipes"],
  },
  {
    name: "setuid bits of files that are handed in are dropped",
    where: "local",
    patches: [patch("files.py", "mode & 0o777)", "mode)")],
    attacks: ["C42 setuid", "C43 setuid"],
  },
  {
    name: "links and devices in archives are refused",
    where: "local",
    patches: [
      patch(
        "archives.py",
        "            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():\n",
        "            if False:\n",
      ),
    ],
    attacks: ["C43"],
  },
  {
    name: "names in archives stay below their folder",
    where: "local",
    patches: [patch("files.py", '    if any(part in ("", ".", "..") or', '    if any(part in ("",) or')],
    attacks: ["C43 a name with .."],
  },
  {
    name: "bounded archives",
    where: "local",
    patches: [patch("archives.py", "            if entries > _MAX_ENTRIES:\n", "            if False:\n")],
    attacks: ["C44 thirty thousand"],
  },
  {
    name: "standard input is sealed",
    where: "local",
    patches: [patch("spare.py", "        fcntl.fcntl(self._stdin, _F_ADD_SEALS, _SEAL_EVERYTHING)\n", "")],
    attacks: ["A04 files and memory"],
  },
];
