/** A program whose every effect must be the same when a spare Node runs it. */
export interface NodeProgram {
  readonly code: string;
  readonly stdin?: string;
  readonly args?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

const IDENTITY = `console.log(
  require.main === module, module.id, module.parent, module.children.length, module.paths, process.mainModule === module,
  __filename, __dirname, process.argv, process.execArgv, process.argv0, process.title, process.cwd(), process.env,
  Object.keys(require.cache), Object.keys(globalThis), this === module.exports, arguments.length, process.umask(),
);`;

const WORKER = `const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
if (isMainThread) new Worker(__filename, { workerData: 7 }).on("message", console.log).on("exit", (code) => console.log("exit", code));
else parentPort.postMessage([workerData, process.argv.length, process.execArgv]);`;

const FORK = `if (process.argv[2] === "child") process.send([process.argv.slice(2), process.execArgv], () => process.disconnect());
else require("child_process").fork(__filename, ["child"]).on("message", console.log).on("exit", (code) => console.log("exit", code));`;

const ORDER = `setTimeout(() => console.log("timeout"), 500);
setImmediate(() => console.log("immediate"));
process.nextTick(() => console.log("tick"));
Promise.resolve().then(() => console.log("microtask"));
console.log("main");`;

export const NODE_PROGRAMS: Readonly<Record<string, NodeProgram>> = {
  "what it is": { code: IDENTITY, args: ["a", "b c", "--flag", "", "ü"] },
  "standard input at once": {
    code: "console.log(require('fs').readFileSync(0, 'utf8').length)",
    stdin: "x".repeat(300_000),
  },
  "standard input as a stream": {
    code: "let s = ''; process.stdin.on('data', (d) => (s += d)).on('end', () => console.log(s.length, s.slice(-9)))",
    stdin: "abcdef\n".repeat(50_000),
  },
  "standard input by lines": {
    code: "let n = 0; require('readline').createInterface({ input: process.stdin }).on('line', (l) => (n += +l)).on('close', () => console.log(n))",
    stdin: "1\n2\n3",
  },
  "standard input by iteration": {
    code: "(async () => { for await (const c of process.stdin) console.log(String(c)) })()",
    stdin: "q",
  },
  "no standard input": { code: "console.log(JSON.stringify(require('fs').readFileSync(0, 'utf8')))" },
  "kinds of streams": {
    code: "console.log([process.stdin, process.stdout, process.stderr].map((s) => [s.constructor.name, s.fd, s.isTTY, s.writableHighWaterMark]))",
  },
  "much output": { code: "for (let i = 0; i < 40000; i++) console.log('line ' + i)" },
  "standard error": { code: "console.error('e'); console.warn('w'); process.stderr.write('z\\n')" },
  "an exit code": { code: "process.exit(3)" },
  "an exit code at the end": { code: "process.exitCode = 4; console.log(1)" },
  "exit handlers": {
    code: "process.on('exit', (c) => console.log('bye', c)); process.on('beforeExit', () => console.log('before'))",
  },
  "an exception": { code: "function f() {\n  throw new TypeError('boom')\n}\nf()" },
  "a thrown string": { code: "throw 'text'" },
  "a caught exception": {
    code: "process.on('uncaughtException', (e, o) => console.log(e.message, o)); throw new Error('q')",
  },
  "a rejection": { code: "Promise.reject(new Error('no'))" },
  "a syntax error": { code: "let x = ;" },
  "a signal": { code: "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1000)" },
  "a signal handler": {
    code: "process.on('SIGINT', () => { console.log('int'); process.exit(0) }); process.kill(process.pid, 'SIGINT'); setTimeout(() => {}, 1000)",
  },
  "an ES module": {
    code: "import fs from 'node:fs'; console.log(typeof fs.readFileSync, import.meta.url, typeof require, await 5); export const y = 1",
  },
  "an exception in an ES module": { code: "import 'node:fs';\nthrow new Error('x')" },
  "a package of ES modules": {
    code: "import './a.js'; console.log(import.meta.filename)",
    files: { "package.json": '{"type":"module"}', "a.js": "console.log('a')" },
  },
  "a dynamic import": {
    code: "import('./o.mjs').then((m) => console.log(m.default))",
    files: { "o.mjs": "export default import.meta.url" },
  },
  "an await without end": { code: "await new Promise(() => {})" },
  "a module that is missing": { code: "require('nothing-here')" },
  "own modules": {
    code: "console.log(require('./a').n, require('./d.json'), require('./a') === require('./a.js'), module.children.length)",
    files: { "a.js": "exports.n = module.parent.id + __filename", "d.json": '{"k":1}' },
  },
  "the order of events": { code: ORDER },
  "timers after a wait": { code: "const t = Date.now(); setTimeout(() => console.log(Date.now() - t >= 199), 200)" },
  "a worker": { code: WORKER },
  "a forked child": { code: FORK },
  "a shell": {
    code: "console.log(require('child_process').execSync('echo $HOME $GREETING; ls /proc/self/fd | wc -l').toString())",
  },
  "a deep recursion": {
    code: "let d = 0; function f() { d++; f() } try { f() } catch (e) { console.log(e.constructor.name, Math.round(d / 4000)) }",
  },
  "dates and languages": {
    code: "console.log(new Date(0).toString(), (1234567.891).toLocaleString(), ['ä', 'a', 'z'].sort(new Intl.Collator('de').compare))",
  },
  cryptography: {
    code: "const c = require('crypto'); console.log(c.createHash('md5').update('x').digest('hex'), c.randomUUID().length, typeof crypto.subtle)",
  },
  "a warning": { code: "new Buffer(5); console.log(1)" },
  "a line for the shell": { code: "#!/usr/bin/env node\nconsole.log('hb')" },
  "a byte order mark": { code: "\ufeffconsole.log('bom')" },
};
