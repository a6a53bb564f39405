import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import ts from "typescript";

/** What keeps a test from being run, or from having to pass, whatever machine it is on. */
const NOT_RUN = new Set(["skip", "todo", "fails"]);

/** Why the tests of `file` whose names begin with `name` prove nothing; null when there are some and all are run. */
export function whyNotRun(root: string, file: string, name: string): string | null {
  if (!file.endsWith(".test.ts") && !isImportedByTests(join(root, file))) return "no test file imports it";
  return whyNotRunIn(readFileSync(join(root, file), "utf8"), name);
}

/** Suites for several providers are functions, which a test file beside them calls. */
function isImportedByTests(path: string): boolean {
  const folder = dirname(path);
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  return tests.some((name) => readFileSync(join(folder, name), "utf8").includes(`"./${basename(path)}"`));
}

export function whyNotRunIn(source: string, name: string): string | null {
  const file = ts.createSourceFile("named.ts", source, ts.ScriptTarget.Latest, true);
  const calls = callsIn(file).flatMap((node) => {
    const callee = calleeOf(node);
    return callee ? [{ node, ...callee }] : [];
  });
  const only = calls.find(({ modifiers }) => modifiers.includes("only"));
  if (only) return `${only.root}.only leaves out the others`;
  const named = calls.filter(({ node, root }) => root !== "describe" && nameOf(node)?.startsWith(name));
  if (named.length === 0) return "no such test";
  for (const { node } of named) {
    const around = calls.filter((call) => call.node.pos <= node.pos && node.end <= call.node.end);
    const reason = around.map(whyNot).find((why) => why !== null) ?? skipInside(node);
    if (reason) return reason;
  }
  return null;
}

interface Callee {
  readonly root: string;
  readonly modifiers: readonly string[];
}

/** `it`, `test` or `describe`, and what stands behind its dots, called or not. */
function calleeOf({ expression }: ts.CallExpression): Callee | null {
  const modifiers: string[] = [];
  for (let at: ts.Expression = expression; ;) {
    if (ts.isIdentifier(at)) return ["it", "test", "describe"].includes(at.text) ? { root: at.text, modifiers } : null;
    if (ts.isPropertyAccessExpression(at)) modifiers.push(at.name.text);
    else if (!ts.isCallExpression(at) && !ts.isTaggedTemplateExpression(at)) return null;
    at = ts.isTaggedTemplateExpression(at) ? at.tag : at.expression;
  }
}

function whyNot({ node, root, modifiers }: Callee & { node: ts.CallExpression }): string | null {
  const modifier = modifiers.find((it) => NOT_RUN.has(it));
  if (modifier !== undefined) return `${root}.${modifier}`;
  const options = node.arguments.filter(ts.isObjectLiteralExpression).flatMap(({ properties }) => [...properties]);
  const names = options.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []));
  return names.some((it) => NOT_RUN.has(it)) ? `its options: ${names.join(", ")}` : null;
}

/** A test may also leave itself out. */
function skipInside(test: ts.CallExpression): string | null {
  const skip = callsIn(test).find(
    ({ expression }) => ts.isPropertyAccessExpression(expression) && expression.name.text === "skip",
  );
  return skip ? skip.expression.getText() : null;
}

function nameOf({ arguments: [first] }: ts.CallExpression): string | null {
  if (!first) return null;
  if (ts.isStringLiteralLike(first)) return first.text;
  return ts.isTemplateExpression(first) ? first.head.text : null;
}

function callsIn(node: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (at: ts.Node) => {
    if (ts.isCallExpression(at)) found.push(at);
    ts.forEachChild(at, visit);
  };
  visit(node);
  return found;
}
