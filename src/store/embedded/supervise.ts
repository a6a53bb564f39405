import { spawn } from "node:child_process";
import type { RunAs } from "./run-as.ts";

export interface SupervisedOptions {
  readonly runAs: RunAs;
  readonly command: readonly [string, ...string[]];
  /** File descriptor that takes what the command says. */
  readonly output: number;
}

/** A command that does not outlive us, whatever becomes of us. */
export interface Supervised {
  /** Process group of the supervisor, for the last resort. */
  readonly pid: number | undefined;
  /** Resolves when the command has ended, with its exit code or a sentence about why there is none. */
  readonly ended: Promise<number | string>;
  /** Asks the command to end, by SIGINT: for Postgres the fast shutdown. */
  stop(): void;
}

/**
 * The supervisor: starts the command, and interrupts it when standard input ends. That is a pipe from us, which the
 * kernel closes when we end, however we end. Descriptor 3 is a copy because the shell gives background commands an
 * empty standard input. A signal, as a service manager sends it to all processes at once, interrupts `wait`.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ read -r _ <&3; kill -INT "$server"; } 2>/dev/null &
watcher=$!
exec 3<&-
trap 'kill -INT "$server"' HUP INT TERM
wait "$server"
code=$?
while kill -0 "$server" 2>/dev/null; do wait "$server"; code=$?; done
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** Everything the programs see of the environment: nothing of ours. */
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" };

/** Starts a command under the supervisor, in a session of its own: the terminal's Ctrl-C is for us to handle. */
export function supervise({ runAs, command, output }: SupervisedOptions): Supervised {
  const { owner, prefix } = runAs;
  const [program = "sh", ...rest] = [...prefix, "sh", "-c", SUPERVISOR, "sandlot-postgres", ...command];
  const child = spawn(program, rest, {
    cwd: "/",
    detached: true,
    env: ENVIRONMENT,
    stdio: ["pipe", output, output],
    // With a prefix, that changes the account by itself.
    ...(owner && prefix.length === 0 ? owner : {}),
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
  // The pipe breaks when the supervisor ends first; `ended` tells.
  child.stdin?.on("error", () => undefined);
  return { pid: child.pid, ended, stop: () => child.stdin?.destroy() };
}
