/** Programs of a language, by what they are to show. */
export interface LanguagePrograms {
  /** Prints `hello`, the line of standard input and the arguments, joined by spaces. */
  readonly hello: string;
  /** Does not compile, or does not parse; what is said of it on standard error, or output for test runners. */
  readonly broken: { readonly code: string; readonly says: RegExp };
  /** Fails at run time; how it ends. */
  readonly failing: { readonly code: string; readonly says: RegExp; readonly exit: object };
  /** Never ends. */
  readonly endless: string;
  /** Uses memory without end. `says`: where the runtime may refuse by itself first. */
  readonly hungry: { readonly code: string; readonly says?: RegExp };
  /** Reserves far more address space than its memory limit, touches little, and prints `ok`. */
  readonly frugal?: string;
}

const PYTHON: LanguagePrograms = {
  hello: "import sys\nprint('hello', input(), *sys.argv[1:])",
  broken: { code: "def f(:\n    pass", says: /main\.py", line 1\n[^]*SyntaxError: invalid syntax/ },
  failing: {
    code: "def f():\n    return {}['key']\nf()",
    says: /main\.py", line 2, in f[^]*KeyError: 'key'\n$/,
    exit: { code: 1 },
  },
  endless: "while True: pass",
  hungry: { code: "x = []\nwhile True: x.append(bytearray(1 << 20))", says: /MemoryError\n$/ },
  frugal:
    "import mmap\nm = mmap.mmap(-1, 8 << 30, prot=0, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)\nprint('ok')",
};

const CPP: LanguagePrograms = {
  hello: `#include <bits/stdc++.h>
int main(int argc, char** argv) {
  std::string line;
  std::getline(std::cin, line);
  std::cout << "hello " << line;
  for (int i = 1; i < argc; i++) std::cout << " " << argv[i];
  std::cout << std::endl;
}`,
  broken: { code: "int main() { return undeclared; }", says: /main\.cpp:1:21: error: .undeclared. was not declared/ },
  failing: {
    code: '#include <stdexcept>\nint main() { throw std::runtime_error("boom"); }',
    says: /what\(\): +boom/,
    exit: { signal: 6 },
  },
  endless: "int main() { volatile bool on = true; while (on) {} }",
  hungry: {
    code: "#include <cstring>\n#include <cstdlib>\nint main() { for (;;) memset(malloc(1 << 20), 1, 1 << 20); }",
  },
  frugal: `#include <cstdio>
#include <sys/mman.h>
int main() {
  char* place = static_cast<char*>(mmap(nullptr, 1L << 34, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  place[1L << 33] = 1;
  puts("ok");
}`,
};

/** By language name: every language of every image has its programs, or a test says which are missing. */
export const LANGUAGE_PROGRAMS: Readonly<Record<string, LanguagePrograms>> = {
  python: PYTHON,
  pytest: {
    hello: `import sys
def test_hello(request):
    capture = request.config.pluginmanager.getplugin("capturemanager")
    capture.suspend_global_capture(in_=True)
    print("hello", open(0).readline().strip(), "one two")
    capture.resume_global_capture()`,
    broken: { code: "def test(:\n    pass", says: /SyntaxError: invalid syntax/ },
    failing: { code: "def test_sum():\n    assert 1 + 1 == 3", says: /E +assert \(1 \+ 1\) == 3/, exit: { code: 1 } },
    endless: "def test_loop():\n    while True: pass",
    hungry: {
      code: "def test_hungry():\n    x = []\n    while True: x.append(bytearray(1 << 20))",
      says: /MemoryError/,
    },
  },
  bash: {
    hello: 'read -r line\necho "hello $line $*"',
    broken: { code: "if true; then", says: /main\.sh: line 2: syntax error/ },
    failing: {
      code: "no_such_command\nexit 3",
      says: /main\.sh: line 1: no_such_command: command not found/,
      exit: { code: 3 },
    },
    endless: "while :; do :; done",
    hungry: { code: "x=xxxxxxxxxxxxxxxx\nwhile :; do x=$x$x; done", says: /xrealloc: cannot allocate/ },
  },
  javascript: {
    hello:
      'const line = require("fs").readFileSync(0, "utf8").trim();\nconsole.log("hello", line, ...process.argv.slice(2));',
    broken: { code: "let x = ;", says: /\/workspace\/main\.js:1\n[^]*SyntaxError: Unexpected token ';'/ },
    failing: {
      code: "function f() {\n  null.x;\n}\nf();",
      says: /\/workspace\/main\.js:2\n[^]*TypeError: Cannot read properties of null[^]* at f \(\/workspace\/main\.js:2:8\)/,
      exit: { code: 1 },
    },
    endless: "for (;;) {}",
    hungry: { code: "const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1));" },
    frugal: "const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 }); memory.buffer; console.log('ok');",
  },
  typescript: {
    hello: `import { readFileSync } from "node:fs";
const line: string = readFileSync(0, "utf8").trim();
console.log("hello", line, ...process.argv.slice(2));`,
    broken: { code: "const x: number = ;", says: /Unexpected ";"\n\n +main\.ts:1:18:/ },
    failing: {
      code: "interface Odd {\n  readonly n: number;\n}\nconst f = (it: Odd): never => {\n  throw new Error(`boom ${it.n}`);\n};\nf({ n: 1 });",
      says: /\/workspace\/main\.ts:5\n[^]*Error: boom 1[^]*\/workspace\/main\.ts:5:9/,
      exit: { code: 1 },
    },
    endless: "for (;;) {}",
    hungry: { code: "const x: Buffer[] = []; for (;;) x.push(Buffer.alloc(1 << 20, 1));" },
  },
  cpp: CPP,
  cpp17: CPP,
  c: {
    hello: `#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  char line[64];
  fgets(line, sizeof line, stdin);
  line[strcspn(line, "\\n")] = 0;
  printf("hello %s", line);
  for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
  puts("");
}`,
    broken: { code: "int main(void) { return undeclared; }", says: /main\.c:1:25: error: .undeclared. undeclared/ },
    failing: { code: "int main(void) { int *volatile p = 0; return *p; }", says: /^$/, exit: { signal: 11 } },
    endless: "int main(void) { for (volatile int i = 0;; i++) {} }",
    hungry: {
      code: "#include <stdlib.h>\n#include <string.h>\nint main(void) { for (;;) memset(malloc(1 << 20), 1, 1 << 20); }",
    },
  },
  java: {
    hello: `import java.util.Scanner;
public class Greeter {
  public static void main(String[] args) {
    System.out.println("hello " + new Scanner(System.in).nextLine() + " " + String.join(" ", args));
  }
}`,
    broken: {
      code: 'class Main { public static void main(String[] a) { int x = "s"; } }',
      says: /^Main\.java:1: error: incompatible types: String cannot be converted to int\n[^]*\n1 error\n$/,
    },
    failing: {
      code: "class Main {\n  public static void main(String[] a) {\n    Object o = null;\n    o.hashCode();\n  }\n}",
      says: /^Exception in thread "main" java\.lang\.NullPointerException[^]*\tat Main\.main\(Main\.java:4\)\n$/,
      exit: { code: 1 },
    },
    endless: "class Main { public static void main(String[] a) { while (true) {} } }",
    hungry: {
      code: "import java.util.*;\nclass Main { public static void main(String[] a) { List<byte[]> x = new ArrayList<>(); for (;;) { byte[] b = new byte[1 << 20]; Arrays.fill(b, (byte) 1); x.add(b); } } }",
      says: /java\.lang\.OutOfMemoryError/,
    },
    frugal: 'class Main { public static void main(String[] a) { System.out.println("ok"); } }',
  },
  go: {
    hello: `package main
import ("bufio"; "fmt"; "os"; "strings")
func main() {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')
	fmt.Println("hello", strings.TrimSpace(line), strings.Join(os.Args[1:], " "))
}`,
    broken: { code: "package main\nfunc main() { x := 1 }", says: /main\.go:2:15: declared and not used: x/ },
    failing: {
      code: 'package main\nfunc main() {\n\tvar m map[string]int\n\tm["x"] = 1\n}',
      says: /panic: assignment to entry in nil map[^]*main\.go:4/,
      exit: { code: 2 },
    },
    endless: "package main\nfunc main() { for {} }",
    hungry: {
      code: "package main\nvar x [][]byte\nfunc main() { for { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; x = append(x, b) } }",
    },
    frugal: 'package main\nimport "fmt"\nvar x = make([]byte, 4<<30)\nfunc main() { x[1<<30] = 1; fmt.Println("ok") }',
  },
  go_test: {
    hello: `package main
import ("bufio"; "flag"; "fmt"; "os"; "strings"; "testing")
func TestHello(t *testing.T) {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\\n')
	fmt.Println("hello", strings.TrimSpace(line), strings.Join(flag.Args(), " "))
}`,
    broken: {
      code: 'package main\nimport "testing"\nfunc TestX(t *testing.T) { x := 1 }',
      says: /main_test\.go:3:28: declared and not used: x/,
    },
    failing: {
      code: 'package main\nimport "testing"\nfunc TestX(t *testing.T) {\n\tt.Fatal("boom")\n}',
      says: /--- FAIL: TestX[^]*main_test\.go:4: boom\nFAIL\n/,
      exit: { code: 1 },
    },
    endless: 'package main\nimport "testing"\nfunc TestX(t *testing.T) { for {} }',
    hungry: {
      code: 'package main\nimport "testing"\nvar x [][]byte\nfunc TestX(t *testing.T) { for { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; x = append(x, b) } }',
    },
  },
  rust: {
    hello: `use std::io::stdin;
fn main() {
    let mut line = String::new();
    stdin().read_line(&mut line).unwrap();
    let args: Vec<String> = std::env::args().skip(1).collect();
    println!("hello {} {}", line.trim(), args.join(" "));
}`,
    broken: { code: 'fn main() { let x: i32 = "s"; }', says: /error\[E0308\]: mismatched types\n +--> main\.rs:1:26/ },
    failing: {
      code: 'fn main() {\n    let v: Vec<i32> = std::env::args().skip(1).map(|_| 1).collect();\n    println!("{}", v[7]);\n}',
      says: /panicked at main\.rs:3:\d+:\nindex out of bounds/,
      exit: { code: 101 },
    },
    endless: "fn main() { loop { std::hint::black_box(1); } }",
    hungry: { code: "fn main() { let mut x = Vec::new(); loop { x.push(vec![1u8; 1 << 20]); } }" },
    frugal:
      'fn main() { let x: Vec<u8> = Vec::with_capacity(4 << 30); println!("{}", if x.capacity() > 0 { "ok" } else { "" }); }',
  },
  ruby: {
    hello: 'puts ["hello", $stdin.gets.chomp, *ARGV].join(" ")',
    broken: { code: "def f(\n", says: /main\.rb:1: syntax error/ },
    failing: {
      code: "def f\n  nil.size\nend\nf",
      says: /main\.rb:2:in [`']f'.*undefined method [`']size' for nil/,
      exit: { code: 1 },
    },
    endless: "loop {}",
    hungry: { code: 'x = []\nloop { x << "a" * (1 << 20) }' },
  },
};
