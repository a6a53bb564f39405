import { join } from "node:path";
import type { Config, Flag, LoadedConfig } from "../../config/index.ts";
import { unknownTask } from "../../core/errors/unknown-task.ts";
import { endpointFlags, loadSettings } from "../access/settings.ts";
import type { CommandCall } from "../command-call.ts";
import { providerFlag } from "../provider-option.ts";
import type { RunningReplay } from "../services.ts";
import { readInput } from "../text-input.ts";
import { answerFromFile } from "./answer-text.ts";
import type { DemoOptions } from "./demo-options.ts";

/** The environment that the demo plays. */
export const DEMO_ENVIRONMENT = "code_gen";

/** Longest program or answer of `--answer`, in bytes. */
const MAX_ANSWER = 1024 * 1024;

/** Who plays the demo: a configuration in which the model `default` is it. */
export interface DemoModel {
  readonly config: Config;
  /** The replay model, or null when a real endpoint plays. */
  readonly replay: RunningReplay | null;
}

/**
 * The model of the demo: the endpoint of --model-url or of the OPENAI_… variables, else the built-in replay model.
 * A model of sandlot.yaml is not taken: the demo shows the same to everybody.
 */
export async function demoModel(call: CommandCall<DemoOptions>): Promise<DemoModel> {
  const { options, session } = call;
  const own = [providerFlag(options.provider), ...(await endpointFlags(call, options))];
  const first = await loadSettings(call, own);
  const config = withDemoDirectory(call, first.config);
  if (options.answer === undefined && (options.modelUrl !== undefined || comesFromOpenAi(first))) {
    return { config: withModels(config), replay: null };
  }
  const text =
    options.answer === undefined
      ? null
      : answerFromFile(await readInput(session.options, "--answer", options.answer, MAX_ANSWER));
  const answer = text === null || options.task === undefined ? null : { task: options.task, text };
  const replay = await session.options.services.startReplay(config, DEMO_ENVIRONMENT, answer);
  try {
    if (options.task !== undefined) assertTask(options.task, replay);
    const value = { url: replay.url, model: replay.model, replay: true };
    const flag: Flag = { flag: "demo", path: ["models", "default"], value };
    const { config: played } = await loadSettings(call, [...own, flag]);
    return { config: withModels(withDemoDirectory(call, played)), replay };
  } catch (error) {
    await replay.stop();
    throw error;
  }
}

/** The demo's data stay apart from those of a server, which may be running. */
function withDemoDirectory({ options }: CommandCall, config: Config): Config {
  return options.dataDir === undefined ? { ...config, data_dir: join(config.data_dir, "demo") } : config;
}

/** Only the model that plays. */
function withModels(config: Config): Config {
  const model = config.models["default"];
  return { ...config, models: model ? { default: model } : {} };
}

function comesFromOpenAi({ sources }: LoadedConfig): boolean {
  return sources.of(["models", "default", "url"]).startsWith("OPENAI_");
}

function assertTask(name: string, { tasks }: RunningReplay): void {
  if (!tasks.has(name)) throw unknownTask(name, tasks.keys());
}
