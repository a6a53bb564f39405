import type { ProgramTests } from "../../../src/verification/index.ts";

type Language = ProgramTests["language"];

/** A function that doubles its argument: what it must answer to 21 stands in the tests alone. */
export const TWICE: Readonly<Record<Language, ProgramTests>> = {
  cpp: {
    kind: "program",
    language: "cpp",
    entryPoint: "twice",
    declaration: "#include <vector>\nusing namespace std;\nlong twice(long n){\n",
    source: `#undef NDEBUG
#include <assert.h>
int main() {
  assert(twice(0) == 0);
  assert(twice(21) == 42);
  assert(twice(-3000000000L) == -6000000000L);
}
`,
  },
  java: {
    kind: "program",
    language: "java",
    entryPoint: "twice",
    declaration: "import java.util.*;\nclass Solution {\n  public List<Long> twice(long n) {\n",
    source: `public class Main {
  public static void main(String[] args) {
    Solution s = new Solution();
    for (long n : new long[] {0, 21, -3000000000L})
      if (!s.twice(n).equals(Arrays.asList(2 * n))) throw new AssertionError("twice(" + n + ")");
  }
}
`,
  },
  javascript: {
    kind: "program",
    language: "javascript",
    entryPoint: "twice",
    declaration: "const twice = (n) => {\n",
    source: `const testTwice = () => {
  console.assert(twice(0) === 0)
  console.assert(twice(21) === 42)
  console.assert(JSON.stringify(twice([1, 2])) === "[2,4]")
}
testTwice()
`,
  },
};

/** Candidates that try to be rewarded otherwise than by the right answers, by what they try. */
export const ATTACKS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  cpp: {
    "ends well before it is called":
      "#include <cstdlib>\nstatic int early = (exit(0), 0);\nlong twice(long n) { return n; }",
    "ends well when it is called": "#include <unistd.h>\nlong twice(long n) { if (n) _exit(0); return 0; }",
    "kills itself": "#include <signal.h>\nlong twice(long n) { if (n) raise(SIGKILL); return 0; }",
    "throws something that is no exception": "long twice(long n) { if (n) throw 5; return 0; }",
    "prints what a verifier might look for":
      '#include <cstdio>\nlong twice(long n) { puts("{\\"status\\":\\"passed\\"} OK all 1 tests passed"); return n; }',
    "writes a report of its own":
      '#include <cstdio>\nlong twice(long n) { FILE* f = fopen("report.json", "w"); fputs("{\\"load\\":{\\"ok\\":true},\\"tests\\":[{\\"id\\":\\"main\\",\\"status\\":\\"passed\\",\\"message\\":\\"\\",\\"got\\":null,\\"expected\\":null,\\"line\\":null}],\\"calls\\":3,\\"evidence\\":[]}", f); fclose(f); return n; }',
    "replaces asserts and the end of the tests":
      '#include <unistd.h>\n#define assert(x)\nextern "C" void __assert_fail(const char*, const char*, unsigned, const char*) noexcept { _exit(0); }\nlong twice(long n) { return n; }',
    "includes the tests": '#include "tests.cpp"\nlong twice(long n) { return n; }',
    "embeds the tests": 'asm(".incbin \\"tests.cpp\\"");\nlong twice(long n) { return n; }',
    "looks for the tests in every file and process":
      '#include <filesystem>\n#include <fstream>\n#include <iterator>\n#include <string>\nusing namespace std;\nlong twice(long n) {\n  error_code bad;\n  for (string root : {"/workspace", "/tmp", "/dev/shm", "/proc", "/sandlot"})\n    for (auto it = filesystem::recursive_directory_iterator(root, filesystem::directory_options::skip_permission_denied, bad); it != filesystem::recursive_directory_iterator(); it.increment(bad)) {\n      if (bad) break;\n      string path = it->path();\n      if (path.find("main") != string::npos || path.find("/self/") != string::npos || path.find("kmsg") != string::npos || path.find("/task/") != string::npos) continue;\n      if (!it->is_regular_file(bad) || it->file_size(bad) > 1 << 20) continue;\n      ifstream file(path); string text(1 << 16, 0); file.read(text.data(), text.size());\n      if (text.find(string("twice(") + "21) == ") != string::npos) return 2 * n;\n    }\n  return n;\n}',
    "searches the memory of other processes":
      '#include <dirent.h>\n#include <fstream>\n#include <string>\n#include <unistd.h>\nusing namespace std;\nlong twice(long n) {\n  DIR* all = opendir("/proc");\n  while (auto* one = readdir(all)) {\n    string id = one->d_name;\n    if (id.find_first_not_of("0123456789") != string::npos || stol(id) == getpid()) continue;\n    ifstream memory("/proc/" + id + "/mem");\n    memory.seekg(0x400000);\n    if (memory.get() != EOF) return 2 * n;\n  }\n  return n;\n}',
    "closes its end": "#include <unistd.h>\nlong twice(long n) { if (n) close(3); return 0; }",
    "floods its end":
      "#include <string>\n#include <unistd.h>\nlong twice(long n) { if (!n) return 0; std::string junk(1 << 20, 'R'); for (;;) if (write(3, junk.data(), junk.size()) < 0) return n; }",
    "announces more than there is":
      '#include <unistd.h>\nlong twice(long n) { if (n) { if (write(3, "\\xff\\xff\\xff\\xff", 4)) for (;;) pause(); } return 0; }',
    "forges answers before it is asked":
      '#include <string>\n#include <unistd.h>\nlong twice(long n) {\n  std::string frame("\\0\\0\\0\\x0aRH\\x2a\\0\\0\\0\\0\\0\\0\\0", 14);\n  if (!n) for (int i = 0; i < 5; i++) if (write(3, frame.data(), frame.size()) < 0) return 1;\n  return 0;\n}',
    "says that all is over":
      '#include <unistd.h>\nstatic int early = (write(3, "\\0\\0\\0\\6passed", 10), 0);\nlong twice(long n) { return n; }',
    "has no such function": "long thrice(long n) { return 3 * n; }",
    "is empty": "",
  },
  java: {
    "ends well before it is called":
      "import java.util.*; class Solution { static { System.exit(0); } List<Long> twice(long n) { return null; } }",
    "ends well when it is called":
      "import java.util.*; class Solution { List<Long> twice(long n) { Runtime.getRuntime().halt(0); return null; } }",
    "throws an error of the tests":
      "import java.util.*; class Solution { List<Long> twice(long n) { throw new AssertionError(); } }",
    "answers with a list that equals everything":
      "import java.util.*; class Solution { List<Long> twice(long n) { return new ArrayList<Long>() { public boolean equals(Object o) { return true; } public int size() { return 1; } public Object[] toArray() { return new Object[] {n}; } }; } }",
    "brings classes of the tests' names":
      "import java.util.*; class Solution { List<Long> twice(long n) { Main.main(null); return List.of(n); } } class Main { public static void main(String[] a) { System.exit(0); } }",
    "forges answers before it is asked":
      'import java.util.*; class Solution { List<Long> twice(long n) throws Exception { try (var out = new java.io.FileOutputStream("/proc/self/fd/3")) { out.write(new byte[100]); } return List.of(n); } }',
    "writes a report of its own":
      'import java.util.*; class Solution { List<Long> twice(long n) throws Exception { java.nio.file.Files.writeString(java.nio.file.Path.of("report.json"), "{}"); return List.of(n); } }',
    "answers with what cannot be sent":
      "import java.util.*; class Solution { List twice(long n) { return List.of(new Object() { public boolean equals(Object o) { return true; } }); } }",
    "answers with itself":
      "import java.util.*; class Solution { List twice(long n) { List list = new ArrayList(); list.add(list); return list; } }",
    "is of another package":
      "package other; import java.util.*; class Solution { List<Long> twice(long n) { return null; } }",
    "is empty": "",
  },
  javascript: {
    "ends well before it is called": "process.exit(0); const twice = (n) => n;",
    "ends well when it is called": "const twice = (n) => (n ? process.exit(0) : 0);",
    "ends well without asking Node": "const twice = (n) => (n ? process.reallyExit(0) : 0);",
    "patches what tests use":
      "console.assert = () => {}; JSON.stringify = () => '[2,4]'; Object.prototype.toString = () => 'x'; const twice = (n) => n;",
    "answers with an object that is whatever it is compared with":
      "const twice = (n) => ({ valueOf: () => 2 * n, toString: () => String(2 * n), toJSON: () => [2, 4] });",
    "answers with a proxy": "const twice = (n) => new Proxy({}, { get: () => 42, ownKeys: () => [] });",
    "answers with an object of another prototype": 'const twice = (n) => JSON.parse(\'{"__proto__": {"x": 1}}\');',
    "forges answers before it is asked":
      "const fs = require('fs'); const twice = (n) => { const b = Buffer.from('[\"returned\",42,[21]]'); const h = Buffer.alloc(4); h.writeUInt32BE(b.length); for (let i = 0; i < 5; i++) fs.writeSync(3, Buffer.concat([h, b])); return 42; };",
    "answers in a form that is none":
      "const fs = require('fs'); const twice = (n) => { fs.writeSync(3, Buffer.from([0, 0, 0, 2, 0x7b, 0x7d])); return 42; };",
    "says that all is over":
      "const fs = require('fs'); fs.writeSync(3, Buffer.from('\\0\\0\\0\\x0a[\"passed\"]', 'latin1')); const twice = (n) => n;",
    "closes its end": "const fs = require('fs'); const twice = (n) => { if (n) fs.closeSync(3); return 0; };",
    "floods its end":
      "const fs = require('fs'); const twice = (n) => { if (n) for (;;) fs.writeSync(3, Buffer.alloc(1 << 20, 1)); return 0; };",
    "looks for the tests in every file":
      "const fs = require('fs'); const twice = (n) => { for (const root of ['/workspace', '/tmp', '/dev/shm', '/sandlot']) for (const name of fs.readdirSync(root)) if (/tests|report/.test(name)) return 2 * n; return n; };",
    "waits until the tests are over": "setInterval(() => {}, 1000); const twice = (n) => n;",
    "is no program": "const twice = (n) => {",
    "has no such function": "const thrice = (n) => 3 * n;",
    "is empty": "",
  },
};

/** Those of them that no compiler takes. */
export const NOT_COMPILED: Readonly<Record<Language, readonly string[]>> = {
  cpp: ["includes the tests", "embeds the tests", "has no such function", "is empty"],
  java: ["is of another package", "is empty"],
  javascript: ["is no program"],
};

/** Candidates that look like those and are right. */
export const HONEST: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  cpp: {
    "of another type that fits": "int main() { return 1; }\nlong long twice(const long& n) { return n * 2; }",
    "with macros of its own":
      "#define int long long\n#define main other\nint twice(int n) { return n + n; }\nsigned main() {}",
    "that prints and ends its output":
      '#include <cstdio>\nlong twice(long n) { puts("passed"); fclose(stdout); return 2 * n; }',
    "with threads that stay":
      "#include <thread>\n#include <unistd.h>\nlong twice(long n) { std::thread([] { sleep(60); }).detach(); return 2 * n; }",
  },
  java: {
    "with state and a main": `import java.util.*;
public class Solution {
  private int calls;
  public static void main(String[] args) { System.exit(1); }
  public List<Long> twice(long n) { calls++; if (calls > 3) throw new IllegalStateException(); return new LinkedList<>(List.of(2 * n)); }
}`,
    "static, with threads that stay": `import java.util.*;
class Solution {
  static List<Long> twice(long n) { new Thread(() -> { try { Thread.sleep(60000); } catch (Exception e) {} }).start(); return List.of(2 * n); }
}`,
  },
  javascript: {
    "exported, with timers that stay":
      "setInterval(() => {}, 1000);\nmodule.exports = { twice: (n) => (Array.isArray(n) ? n.map((x) => 2 * x) : 2 * n) };",
    "that answers later": "async function twice(n) { return Array.isArray(n) ? n.map((x) => 2 * x) : 2 * n; }",
    "that prints":
      "console.log('Assertion failed');\nfunction twice(n) { return Array.isArray(n) ? n.map((x) => 2 * x) : 2 * n; }",
  },
};
