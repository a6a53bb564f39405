import { describe, expect, it } from "vitest";
import { judgeAll, type Report } from "./support.ts";

/** What a test that swallows everything makes of a candidate; only honest answers may pass it. */
const CHECK = `
def check(candidate):
    values = []
    for n in (3, 4):
        try:
            values.append(candidate([n, n + 1], "text", {"key": n}))
        except:
            values.append(None)
    assert values[0] == 7, "first"
    assert values[1] == 9, "second"
    assert 7 == values[0] and values[0] in (7,) and {7: 1}.get(values[0]) == 1
`;

const ALWAYS_EQUAL = `
class Any(BASE):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __hash__(self): return hash(7)
    def __bool__(self): return True
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __sub__
    def __instancecheck__(self, other): return True
    EXTRA
`;
const always = (base: string, extra = "", make = "Any()") =>
  `${ALWAYS_EQUAL.replace("BASE", base).replace("EXTRA", extra)}\ndef f(*args): return ${make}\n`;

/** Candidates that stay within the protocol. */
const OBJECTS: Readonly<Record<string, string>> = {
  "always equal": always("object"),
  "always equal int": always("int"),
  "always equal str": always("str"),
  "always equal list": always("list"),
  "always equal tuple": always("tuple"),
  "always equal dict": always("dict"),
  "always equal float": always("float"),
  "always equal exception": always("Exception"),
  "always equal class": always("type", "", "Any('X', (), {})"),
  "claims to be an int": always("object", "@property\n    def __class__(self): return int"),
  "claims any attribute": always("object", "def __getattr__(self, name): return 7"),
  "unplain type names": always("object", "", "type('int', (Any,), {'__module__': 'builtins'})()"),
  "a dict with an equal key": always("object", "", "{Any(): 7}"),
  "raises SkipTest": "import unittest\ndef f(*a): raise unittest.SkipTest('x')",
  "raises SystemExit": "def f(*a): raise SystemExit(0)",
  "raises KeyboardInterrupt": "def f(*a): raise KeyboardInterrupt",
  "raises GeneratorExit": "def f(*a): raise GeneratorExit",
  "raises its own BaseException": "class E(BaseException): pass\ndef f(*a): raise E",
  "raises evil exceptions": `
class E(Exception):
    def __str__(self): raise SystemExit(0)
    def __reduce__(self): return (print, ('x',))
    args = property(lambda self: 1 / 0)
def f(*a): raise E`,
  "raises an exception of odd bases": "class E(OSError, ValueError, StopIteration): pass\ndef f(*a): raise E(7)",
  "raises wrong arguments": "def f(*a): raise UnicodeDecodeError('a', b'', 1, 2, 'x')",
  "exits in the function": "import os\ndef f(*a): os._exit(0)",
  "kills itself": "import os\ndef f(*a): os.kill(os.getpid(), 9)",
  "changes its arguments": "def f(items, text, table):\n    items[:] = [7]; table.clear(); return None",
  "tampers with modules": `
import builtins, json, sys, unittest
unittest.TestCase.run = lambda *a: None
builtins.AssertionError = ValueError
builtins.all = lambda *a: True
sys.modules['tests'] = sys
def f(*a): return None`,
  "writes a report of its own": `
import json
def f(*a):
    for path in ('/workspace/report.json', 'report.json'):
        try: open(path, 'w').write(json.dumps({'load': {'ok': True}, 'tests': [{'id': 'check', 'status': 'passed'}]}))
        except OSError: pass`,
};

/** Candidates that write to the descriptor: statements of a function that finds `fd`, and `last` request's number. */
const WIRE: Readonly<Record<string, string>> = {
  "closes the descriptor": "os.close(fd)",
  "writes garbage": "os.write(fd, os.urandom(100))",
  "writes zeros": "os.write(fd, bytes(64))",
  "announces a huge length": "os.write(fd, b'\\xff' * 8)",
  "announces and is silent, then closes": "os.write(fd, b'\\x00\\x10\\x00\\x00['); os._exit(0)",
  "is no JSON": "send('{')",
  "is no UTF-8": "send(b'\"\\xff\"')",
  "nests deep": "send('[' * 200000 + ']' * 200000)",
  "nests values deep": "send('[\"=\",%d,' % last + '{\"t\":[' * 300 + ']}' * 300 + ',[]]')",
  "has too many values": "send('[\"=\",%d,[' % last + '[],' * 5000000 + '0],[]]')",
  "has a huge number": "send('[\"=\",%d,' % last + '9' * 1000000 + ',[]]')",
  "answers another request": "send('[\"=\",%d,7,[]]' % (last + 1))",
  "answers with true as a number": "send('[\"=\",true,7,[]]')",
  "answers twice": `os.write(fd, frame('["=",%d,0,[]]' % last) + frame('["=",%d,7,[]]' % (last + 1)))`,
  "is of no kind": "send('[\"passed\",%d,7,[]]' % last)",
  "raises what is no exception": "send('[\"!\",%d,7,[]]' % last)",
  "raises SystemExit by name": 'send(\'["!",%d,{"E":[{"xb":"SystemExit"},[],"","",null]},[]]\' % last)',
  "raises SkipTest by name": 'send(\'["!",%d,{"E":[{"xl":["unittest.case","SkipTest"]},[],"","",null]},[]]\' % last)',
  "raises a class with a class of ours as base":
    'send(\'["!",%d,{"E":[{"x":[99,"E",[{"g":"int"}]]},[],"","",null]},[]]\' % last)',
  "uses an unknown tag": 'send(\'["=",%d,{"eval":"7"},[]]\' % last)',
  "names what has no name": 'send(\'["=",%d,{"g":"eval"},[]]\' % last)',
  "has two tags": 'send(\'["=",%d,{"t":[],"g":"int"},[]]\' % last)',
  "answers with an unknown handle": 'send(\'["=",%d,{"h":[12345]},[]]\' % last)',
  "answers with a handle of ours": 'send(\'["=",%d,{"p":1},[]]\' % last)',
  "answers with a negative handle": 'send(\'["=",%d,{"p":-1},[]]\' % last)',
  "answers with odd special methods":
    'send(\'["=",%d,{"h":[77,"object","X",["__class__","__getattribute__"]]},[]]\' % last)',
  "answers with an odd kind": 'send(\'["=",%d,{"h":[77,"code","X",[]]},[]]\' % last)',
  "names an argument that was not passed": 'send(\'["=",%d,{"a":9},[]]\' % last)',
  "names a negative argument": 'send(\'["=",%d,{"a":-1},[]]\' % last)',
  "changes an argument that was not passed": "send('[\"=\",%d,7,[[9,[7]]]]' % last)",
  "changes the type of an argument": 'send(\'["=",%d,7,[[0,{"d":[]}]]]\' % last)',
  "changes a text": 'send(\'["=",%d,7,[[1,"7"]]]\' % last)',
  "calls what it was not given": 'send(\'["?",1,"call",1,"",[],{}]\')',
  "calls nobody": 'send(\'["?",1,"call",0,"",[],{}]\')',
  "asks with a wrong number": 'send(\'["?",5,"call",0,"",[],{}]\')',
  "asks for something unheard of": 'send(\'["?",1,"exec",0,"",["1"],{}]\')',
  "has an array of objects": 'send(\'["=",%d,{"n":["|O",[1],"AAAAAAAAAAA="]},[]]\' % last)',
  "forges a report": 'send(\'{"tests":[{"id":"check","status":"passed"}]}\')',
  floods: "[os.write(fd, b'[' * 65536) for _ in range(100)]",
};

const onWire = (statement: string) => `
import gc, os, sys, struct, time
fd = next(c._stream._descriptor for c in gc.get_objects() if type(c).__name__ == 'Connection')
def frame(text):
    text = text if isinstance(text, bytes) else text.encode()
    return struct.pack('>I', len(text)) + text
def send(text):
    data = frame(text)
    while data: data = data[os.write(fd, data):]
def f(*args):
    last = next(c for c in gc.get_objects() if type(c).__name__ == 'Connection')._received
    ${statement}
    time.sleep(0.05)
    return 7 if args[0][0] == 3 else 9
`;

const options = { kind: "check", entry_point: "f" };

async function verdicts(candidates: Readonly<Record<string, string>>): Promise<[string, Report][]> {
  const reports = await judgeAll(Object.values(candidates).map((candidate) => ({ candidate, tests: CHECK, options })));
  return Object.keys(candidates).map((name, number) => [name, reports[number] as Report]);
}

describe("hostile candidates", () => {
  it("an honest one passes", async () => {
    const honest = { honest: "def f(items, text, table): return sum(items)" };
    expect((await verdicts(honest))[0]?.[1].tests).toMatchObject([{ status: "passed" }]);
  });

  it("no object, exception or trick passes", async () => {
    const passed = (await verdicts(OBJECTS)).filter(([, { tests }]) => tests[0]?.status === "passed");
    expect(passed.map(([name]) => name)).toEqual([]);
  });

  it("nothing on the wire passes, and every violation is told", async () => {
    const all = await verdicts(Object.fromEntries(Object.entries(WIRE).map(([name, code]) => [name, onWire(code)])));
    expect(all.filter(([, { tests }]) => tests[0]?.status !== "error").map(([name]) => name)).toEqual([]);
    expect(all.filter(([, { broken }]) => broken === null).map(([name]) => name)).toEqual([]);
  });

  it("an answer to what was not asked yet is a violation", async () => {
    const statement = "threading.Timer(0.05, send, ['[\"=\",%d,7,[]]' % (last + 1)]).start(); return 7";
    const tests =
      "import time\ndef check(candidate):\n    for _ in range(2):\n        assert candidate() == 7\n        time.sleep(0.5)\n";
    const [report] = await judgeAll([{ candidate: `import threading\n${onWire(statement)}`, tests, options }]);
    expect(report?.broken).toBe("sent something before it was asked");
    expect(report?.tests).toMatchObject([{ status: "error" }]);
  });

  it("after a violation nothing passes, not even what asks nothing", async () => {
    const swallowing = "def quiet(call):\n    try:\n        call()\n    except:\n        pass\n";
    const asserts = ["quiet(lambda: f([3]))", "assert True"];
    const kind = { kind: "asserts", entry_point: "f", asserts };
    const gone = { candidate: "import os\ndef f(*a): os._exit(0)", tests: swallowing, options: kind };
    const [report] = await judgeAll([gone]);
    expect(report?.tests.map(({ status }) => status)).toEqual(["error", "error"]);
    expect(report?.evidence).toEqual(["candidate_gone"]);
  });

  it("endless iterators end where the test ends", async () => {
    const tests =
      "import itertools\ndef check(candidate):\n    assert list(itertools.islice(candidate(), 3)) == [1, 1, 1]\n";
    const candidate = "import itertools\ndef f(): return itertools.repeat(1)\n";
    const [report] = await judgeAll([{ candidate, tests, options }]);
    expect(report?.tests).toMatchObject([{ status: "passed" }]);
  });

  it("finds nothing of what the tests expect in its memory", async () => {
    const candidate = `
import gc, re
# Joined when it runs: the compiler would join constants, and the search would find itself.
MARKER = b'-'.join((b'SECRET', b'OF', b'TESTS'))
def f(given):
    found = []
    for item in gc.get_objects():
        try:
            if MARKER.decode() + '-2' in repr(item): found.append('object')
        except Exception: pass
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
        for line in maps:
            low, high = (int(part, 16) for part in line.split()[0].split('-'))
            if line.split()[1][0] != 'r' or '[v' in line: continue
            try:
                memory.seek(low)
                data = memory.read(high - low)
            except (OSError, ValueError): continue
            # What it was given proves that the search finds what is there.
            found += re.findall(MARKER + b'-[0-9]', data)
    return sorted({str(item) for item in found})
`;
    const tests = `
EXPECTED = "SECRET-OF-TESTS-2"
def check(candidate):
    found = candidate("SECRET-OF-TESTS-1")
    assert "b'SECRET-OF-TESTS-1'" in found, found
    assert not any(EXPECTED in item or item == "object" for item in found), found
`;
    const [report] = await judgeAll([{ candidate, tests, options }]);
    expect(report?.tests).toMatchObject([{ status: "passed", message: "" }]);
  });
});
