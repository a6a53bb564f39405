import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Other ways to run the same Python program, each call from cold. */
export interface Alternative {
  readonly name: string;
  run(source: string): Promise<unknown>;
}

const CONTAINER = "sandlot-bench-exec";

/** `image` is one of ours with a python3; makes a container for `docker exec`, which `close` removes. */
export async function alternatives(image: string): Promise<{ list: Alternative[]; close(): Promise<void> }> {
  await run("docker", ["rm", "-f", CONTAINER]).catch(() => undefined);
  const hardened = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "1000", "--memory", "512m"];
  await run("docker", ["run", "-d", "--name", CONTAINER, ...hardened, image, "sleep", "3600"]);
  const namespaces = ["--unshare-all", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib"];
  const root = ["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
  const python = (source: string) => ["/usr/bin/python3", "-c", source];
  const list = [
    { name: "docker exec python3", run: (source: string) => run("docker", ["exec", CONTAINER, ...python(source)]) },
    {
      name: "docker run --rm python3",
      run: (source: string) => run("docker", ["run", "--rm", ...hardened, image, ...python(source)]),
    },
    {
      name: "bubblewrap + cold python3",
      run: (source: string) => run("bwrap", [...namespaces, ...root, ...python(source)]),
    },
    { name: "cold python3 (no walls)", run: (source: string) => run("/usr/bin/python3", ["-c", source]) },
  ];
  return {
    list,
    close: async () => {
      await run("docker", ["rm", "-f", CONTAINER]);
    },
  };
}
