import type { AttackRun } from "./entry.ts";

/** What an attacker in Python brings along: raw system calls, and a word for each attempt. */
const KIT = String.raw`
import ctypes, errno, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def syscall(number, *arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    got = libc.syscall(ctypes.c_long(number), *wide)
    if got == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got
def call(name, *arguments):
    ctypes.set_errno(0)
    got = getattr(libc, name)(*arguments)
    if got == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got
def attempt(name, act):
    try:
        got = act()
    except OSError as error:
        print("refused", name, errno.errorcode.get(error.errno, error.errno), flush=True)
        return None
    print("SUCCEEDED", name, repr(got)[:200], flush=True)
    return got
def machine(code):
    """A function of these bytes of x86-64 machine code."""
    import mmap
    page = mmap.mmap(-1, 4096, prot=7)
    page[: len(code)] = code
    machine.pages = [*getattr(machine, "pages", []), page]
    return ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
def spawn(act):
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(0)
    return pid
def end():
    print("END", flush=True)
`;

/** Python source for the warm interpreter, with the toolkit before it. */
export function py(strings: TemplateStringsArray, ...values: readonly (string | number)[]): AttackRun {
  return { program: { interpreter: "python", source: KIT + String.raw(strings, ...values) } };
}

/** The same source for an interpreter that is started as a command. */
export function cold(strings: TemplateStringsArray, ...values: readonly (string | number)[]): AttackRun {
  return { program: { argv: ["/usr/bin/python3", "-c", KIT + String.raw(strings, ...values)] } };
}

/** A shell script. */
export function sh(strings: TemplateStringsArray, ...values: readonly (string | number)[]): AttackRun {
  return { program: { argv: ["/bin/sh", "-c", String.raw(strings, ...values)] } };
}

/** `run` with more to it: limits, files, input, outputs. */
export function withMore(run: AttackRun, more: Omit<Partial<AttackRun>, "program">): AttackRun {
  return { ...run, ...more, limits: { ...run.limits, ...more.limits } };
}

export function limited(run: AttackRun, limits: NonNullable<AttackRun["limits"]>): AttackRun {
  return withMore(run, { limits });
}
