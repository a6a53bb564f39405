import type { RunLimits } from "../../../src/sandbox/index.ts";
import type { ActedAttack, AttackEntry, AttackRun, Expectation } from "../entry.ts";
import { and, anyEnd, prints, typed } from "../expect.ts";
import { LIMITS } from "../gate/defaults.ts";

const COMPILER = { wallMs: 30_000, cpuMs: 15_000, memoryBytes: 384 << 20, diskBytes: 48 << 20, processes: 24 };

/** A program for the compiler's image, in a sandbox of its own, and an honest one after it. */
function compiled(name: string, run: AttackRun, expect: Expectation): ActedAttack {
  return {
    name,
    word: expect.word,
    says: expect.says,
    image: "cpp",
    act: async (arena) => {
      const { memoryBytes } = COMPILER;
      const open = () => arena.open({ image: "cpp", memoryBytes, scratchBytes: 64 << 20, slots: 2 });
      const sandbox = await open();
      const limits: RunLimits = { ...LIMITS, ...COMPILER, ...run.limits };
      const problem = expect.check(await sandbox.run(arena.ctx, { ...run, limits }));
      if (problem) return problem;
      const next = arena.target.mode === "C" ? await open() : sandbox;
      const honest = { ...inC(`#include <stdio.h>\nint main() { puts("well"); }`), limits: { ...LIMITS, ...COMPILER } };
      return prints("well\n").check(await next.run(arena.ctx, honest));
    },
  };
}

/** Compiles C and runs what comes of it. */
function inC(source: string, limits: Partial<RunLimits> = {}): AttackRun {
  const script = "gcc -O1 -w -pthread -o own own.c && exec ./own";
  return {
    program: { argv: ["/bin/sh", "-c", script] },
    files: [{ path: "own.c", data: Buffer.from(source) }],
    limits,
  };
}

/** Compiles C++ and nothing else. */
function compile(source: string, limits: Partial<RunLimits> = {}, options = ""): AttackRun {
  const script = `exec g++ ${options} -c bomb.cpp -o bomb.o`;
  return {
    program: { argv: ["/bin/sh", "-c", script] },
    files: [{ path: "bomb.cpp", data: Buffer.from(source) }],
    limits: { cpuMs: 4000, ...limits },
  };
}

const refusedToCompile = typed("memory_limit", "time_limit", "disk_limit", "output_limit", "runtime_error");

export const compilers: AttackEntry["variants"] = [
  compiled("C++: #include of a device that never ends", compile(`#include "/dev/zero"`), refusedToCompile),
  compiled("C++: #include of itself, twice", compile(`#include __FILE__\n#include __FILE__\nint x;`), refusedToCompile),
  compiled(
    "C++: templates that call for ever more templates",
    compile(
      "template<int N, int M> struct A { static const int v = A<N - 1, M * 2>::v + A<N - 1, M * 2 + 1>::v; };\n" +
        "template<int M> struct A<0, M> { static const int v = M; };\nint main() { return A<26, 1>::v; }",
    ),
    refusedToCompile,
  ),
  compiled(
    "C++: a constant of eight gigabytes",
    compile("char a[1L << 33] = {1}; int main() { return a[5]; }", {}, "-mcmodel=large"),
    refusedToCompile,
  ),
  compiled(
    "C++: macros that double twenty-eight times",
    compile(
      `#define A0 x+x+x+x\n${Array.from({ length: 28 }, (_, n) => `#define A${n + 1} A${n}+A${n}`).join("\n")}\nint x = A28;`,
    ),
    refusedToCompile,
  ),
  compiled(
    "C++: constexpr that never ends",
    compile("constexpr int f(int n) { int s = 0; for (;;) s += n; return s; }\nstatic_assert(f(1) > 0);"),
    refusedToCompile,
  ),
  compiled(
    "C: an assembler block that repeats",
    compile(`asm(".rept 1000000000\\n.quad 0\\n.endr");\nint main() {}`),
    refusedToCompile,
  ),
];

const few = { processes: 12 };

export const forkBombInC: AttackEntry["variants"] = [
  compiled(
    "in C, without a pause",
    inC("#include <unistd.h>\nint main() { for (;;) fork(); }", few),
    typed("process_limit", "time_limit"),
  ),
  compiled(
    "in C, by vfork and exec of itself",
    inC(
      `#include <unistd.h>\nint main(int c, char **v) { for (;;) if (vfork() == 0) { execv("/proc/self/exe", v); _exit(1); } }`,
      few,
    ),
    typed("process_limit", "time_limit"),
  ),
  compiled(
    "in C, left behind by a first process that ends at once",
    inC("#include <unistd.h>\nint main() { if (fork()) return 0; for (;;) if (fork() == 0) setsid(); }", few),
    anyEnd(),
  ),
];

export const memoryInC: AttackEntry["variants"] = [
  compiled(
    "in C, by malloc",
    inC(
      "#include <stdlib.h>\n#include <string.h>\nint main() { for (;;) { char *p = malloc(1 << 20); if (p) memset(p, 1, 1 << 20); } }",
      {
        memoryBytes: 128 << 20,
      },
    ),
    typed("memory_limit"),
  ),
  compiled(
    "in C, in one step of a gigabyte",
    inC(
      "#include <sys/mman.h>\n#include <string.h>\n#include <unistd.h>\nint main() { char *p = mmap(0, 1L << 30, 3, 0x22 | 0x8000, -1, 0); memset(p, 1, 1L << 30); pause(); }",
      { memoryBytes: 128 << 20, wallMs: 10_000 },
    ),
    typed("memory_limit"),
  ),
  compiled(
    "in C, on the stack",
    inC(
      "#include <string.h>\nint f(int n) { volatile char a[1 << 16]; memset((char *)a, 1, sizeof a); return f(n + 1) + a[0]; }\nint main() { return f(0); }",
    ),
    typed("memory_limit", "runtime_error"),
  ),
];

export const threadsInC: AttackEntry["variants"] = [
  compiled(
    "in C, with stacks of 16 KiB",
    inC(
      "#include <pthread.h>\n#include <unistd.h>\nvoid *f(void *a) { pause(); return a; }\n" +
        "int main() { pthread_attr_t a; pthread_t t; pthread_attr_init(&a); pthread_attr_setstacksize(&a, 16384); for (;;) pthread_create(&t, &a, f, 0); }",
      few,
    ),
    typed("process_limit", "time_limit"),
  ),
];

export const cpuInC: AttackEntry["variants"] = [
  compiled(
    "in C, in children of a millisecond whose end is ignored",
    inC(
      "#include <signal.h>\n#include <time.h>\n#include <unistd.h>\nint main() { signal(SIGCHLD, SIG_IGN); for (;;) { if (fork() == 0) " +
        "{ while (clock() < CLOCKS_PER_SEC / 500); _exit(0); } usleep(1000); } }",
      { cpuMs: 1000, wallMs: 60_000 },
    ),
    and(typed("time_limit"), "limit cpu", ({ limit }) => limit === "cpu"),
  ),
];
