import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const CHECKOUT = join(import.meta.dirname, "../..");

/** Without what npm and vitest put into the environment of their children: as in a user's shell. */
function shellEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(?!config_(registry|cache)$)|NODE_ENV$|NODE_PATH$|VITEST|SANDLOT_|OPENAI_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

function shell(cwd: string, command: string, ...args: string[]) {
  return run(command, args, { cwd, env: shellEnvironment(), maxBuffer: 1 << 26 });
}

/** `npx` offline: a package of the same name in the registry must never be what is tested. */
function npx(cwd: string, ...args: string[]) {
  return shell(cwd, "npx", "--offline", ...args);
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

describe("the npm package", () => {
  let folder: string;
  let packed: Packed;
  let version: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sandlot-package-"));
    ({ version } = JSON.parse(await readFile(join(CHECKOUT, "package.json"), "utf8")) as { version: string });
    // The build is npm test's business; here only what it made is packed.
    if (!existsSync(join(CHECKOUT, "dist", "src", "main.js"))) throw new Error("dist/ is missing: npm run build");
    const { stdout } = await shell(CHECKOUT, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
    [packed] = JSON.parse(stdout) as [Packed];
    await writeFile(join(folder, "package.json"), '{"name":"somebodys-project","private":true}');
    const install = ["install", "--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    await shell(folder, "npm", ...install, `./${packed.filename}`);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("holds what runs, and neither tests, benches nor secrets", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["LICENSE", "NOTICE", "package.json", "bin/sandlot.js"]));
    expect(paths).toEqual(
      expect.arrayContaining([
        "dist/src/main.js",
        "dist/src/index.d.ts",
        "dist/environments/code_gen/resource.js",
        "environments/code_gen/environment.yaml",
        "environments/code_gen/data/tasks.jsonl",
        "environments/code_gen/fixtures/replay.yaml",
        "sandboxes/agent/agent.py",
        "sandboxes/python/Dockerfile",
      ]),
    );
    expect(
      paths.filter((path) => /^(test|bench|scripts|src|web)\/|\.test\.|__pycache__|\.env|\.npmrc/.test(path)),
    ).toEqual([]);
    expect((packed.files.find(({ path }) => path === "bin/sandlot.js")?.mode ?? 0) & 0o111).toBe(0o111);
  });

  it("runs where it was installed", async () => {
    const { stdout } = await npx(folder, "sandlot", "--version");
    expect(stdout.trim()).toBe(version);
  });

  it("finds its environments there", async () => {
    const { stdout } = await npx(folder, "sandlot", "env", "list", "--json");
    const list = JSON.parse(stdout) as { items: { name: string; datasets: unknown }[] };
    expect(list.items).toContainEqual(
      expect.objectContaining({ name: "code_gen", datasets: [{ name: "tasks", tasks: 28 }] }),
    );
  });

  it("checks a configuration there, and says what is wrong with a bad one", async () => {
    await npx(folder, "sandlot", "config", "check");
    await writeFile(join(folder, "sandlot.yaml"), "server: { prot: 80 }\n");
    try {
      const failure = await npx(folder, "sandlot", "config", "check").then(
        () => null,
        (error: { code: number; stderr: string }) => error,
      );
      expect(failure?.code).toBeGreaterThan(0);
      expect(failure?.stderr).toContain("server.prot");
    } finally {
      await rm(join(folder, "sandlot.yaml"));
    }
  });

  it("can be imported by an environment of somebody else's", async () => {
    const source = 'import * as sandlot from "sandlot"; console.log(typeof sandlot.defineResource)';
    const { stdout } = await shell(folder, process.execPath, "--input-type=module", "-e", source);
    expect(stdout.trim()).toBe("function");
  });

  it("runs in a checkout, too", async () => {
    const { stdout } = await npx(CHECKOUT, "sandlot", "--version");
    expect(stdout.trim()).toBe(version);
  });
});
