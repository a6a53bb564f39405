export type { CliOptions, EndSignal, SignalSource, TextOutput } from "./io.ts";
export { runCli } from "./run-cli.ts";
export type { CliServices, ReplayAnswer, RunningReplay, RunningServer, StartOptions } from "./services.ts";
