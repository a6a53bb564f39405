/**
 * A Go program made of two parts: it has one package clause and then its imports, so those of both are gathered at the top.
 * Without a clause it is the package main.
 */
export function withGatheredImports(code: string): string {
  const packages = new Set<string>();
  const imports = new Set<string>();
  const single = code
    .replaceAll(/package\s+(\w+)/g, (_, name: string) => (packages.add(name), ""))
    .replaceAll(/import\s+("[\w./-]+")/g, (_, path: string) => (imports.add(path), ""));
  const body = withoutGroups(single, imports);
  const clauses = Array.from(packages.size > 0 ? packages : ["main"], (name) => `package ${name}`).join("\n");
  return `${clauses}\n\n${Array.from(imports, (path) => `import ${path}`).join("\n")}\n\n${body}`;
}

/** Takes `import ( … )` out. By index: a pattern would look for the missing bracket of each of a million groups to the end. */
function withoutGroups(code: string, imports: Set<string>): string {
  const opening = /import\s+\(/g;
  let body = "";
  let from = 0;
  for (let match = opening.exec(code); match; match = opening.exec(code)) {
    const close = code.indexOf(")", opening.lastIndex);
    if (close < 0) break;
    for (const line of code.slice(opening.lastIndex, close).split("\n"))
      if (line.trim() !== "") imports.add(line.trim());
    body += code.slice(from, match.index);
    from = close + 1;
    opening.lastIndex = from;
  }
  return body + code.slice(from);
}
