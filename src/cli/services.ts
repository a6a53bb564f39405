import type { Config } from "../config/index.ts";
import type { EnvironmentView } from "../contract/environments.ts";
import type { Logger } from "../core/logger.ts";
import type { ProbeReport } from "../models/index.ts";
import type { CheckedFixture, CheckReport, FixtureKind } from "../resources/check/index.ts";
import type { ProviderReport } from "../sandbox/index.ts";
import type { ImageCheck, ImageView } from "./image/views.ts";

/** A server in this process. */
export interface RunningServer {
  /** Base URL on which it answers. */
  readonly url: string;
  /** Name of the sandbox provider that was chosen; null when this process plays nothing. */
  readonly provider: string | null;
  /** Stops taking work, finishes or hands back what runs, stops the database. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** A worker in this process, without an API. */
export interface RunningWorker {
  /** Base URL of its probes and metrics; null where no port is configured for them. */
  readonly healthUrl: string | null;
  readonly provider: string | null;
  /** As that of a server. */
  close(graceMs: number): Promise<void>;
}

export interface StartOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Called with each step of the start that takes time, in the form "starting the embedded database". */
  readonly onStep?: (text: string) => void;
}

/** A replay model that serves an environment's recorded attempts on loopback. */
export interface RunningReplay {
  readonly url: string;
  readonly model: string;
  /** Tasks that have recorded attempts, and how many answers each has. */
  readonly tasks: ReadonlyMap<string, number>;
  /** What kind of attempt an answer was recorded as, e.g. `hack`; null for a text that was not recorded. */
  kindOf(answer: string): FixtureKind | null;
  stop(): Promise<void>;
}

/** An endpoint to be tried out. */
export interface ProbeModelOptions {
  readonly url: string;
  /** Default: the first that it lists. */
  readonly model: string | undefined;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
}

/** A stand-in of vLLM to be started; what is undefined is left to the implementation. */
export interface MockModelOptions {
  readonly model: string | undefined;
  readonly replicas: number | undefined;
  readonly host: string | undefined;
  /** Of the first replica; the others take those that follow. 0 for any free ones. */
  readonly port: number | undefined;
  /** Times faster than real; Infinity waits for nothing. */
  readonly speed: number | undefined;
  readonly apiKey: string | undefined;
  /** Prompt and answer at most, in tokens. */
  readonly maxModelLength: number | undefined;
  /** Sequences at once, tokens of a block of the cache, tokens of the cache, requests at most. */
  readonly maxSequences: number | undefined;
  readonly blockTokens: number | undefined;
  readonly kvTokens: number | undefined;
  readonly maxQueuedRequests: number | undefined;
  /** Thinks unless told not to. */
  readonly thinking: boolean | undefined;
  /** Generates tokens that are not the tokenizer's own for their text. */
  readonly drift: boolean | undefined;
  /** Median length of answers that are made up, in tokens. */
  readonly answerTokens: number | undefined;
}

/** A stand-in of vLLM in this process. */
export interface RunningMockModel {
  readonly model: string;
  /** Base URLs with `/v1`, one a replica. */
  readonly urls: readonly string[];
  /** Answers what runs with what it has, and ends. */
  shutdown(): Promise<void>;
}

/** One prepared answer instead of the recorded ones. */
export interface ReplayAnswer {
  readonly task: string;
  /** The model's final text. */
  readonly text: string;
}

/** Which images to build. */
export interface ImageBuild {
  /** Empty for all. */
  readonly names: readonly string[];
  readonly rebuild: boolean;
}

/** What the commands need of the rest, wired by the entry point; every implementation is imported when first used. */
export interface CliServices {
  /** API, worker and store in this process. */
  startServer(options: StartOptions): Promise<RunningServer>;
  /** The role `worker` alone: plays what others submit to the database that is configured. Throws `invalid_config` without one. */
  startWorker(options: StartOptions): Promise<RunningWorker>;
  /** The API of sandboxes alone in this process: neither database nor worker, and no jobs. */
  startSandboxServer(options: StartOptions): Promise<RunningServer>;
  /** Proves an environment's verifier on its fixtures; needs sandboxes, but neither database nor model. */
  checkEnvironment(
    options: StartOptions & {
      readonly name: string;
      /** Ids of the tasks to be checked; undefined for all. */
      readonly tasks?: readonly string[] | undefined;
      /** Fixtures verified at once; undefined leaves it to the implementation. */
      readonly parallel?: number | undefined;
      /** Verifications of each reference; undefined leaves it to the implementation. */
      readonly repeats?: number | undefined;
      readonly onChecked: (checked: CheckedFixture, done: number, total: number) => void;
    },
  ): Promise<CheckReport & { readonly provider: string }>;
  /** Environments on disk, without a server. */
  listEnvironments(config: Config): Promise<EnvironmentView[]>;
  /** What each provider could do here, whether or not it is the configured one. */
  probeProviders(config: Config): Promise<Record<"docker" | "local", ProviderReport>>;
  /**
   * Builds the sandbox images that the Docker engine lacks, of those named or of all when none is; answers their
   * references. `rebuild`: also what it has, every step anew.
   */
  buildImages(config: Config, build: ImageBuild, onStep: (text: string) => void): Promise<string[]>;
  /** Removes images, volumes and containers that no present source stands for and nobody uses; answers their names. */
  pruneImages(config: Config): Promise<string[]>;
  /** All sandbox images, built or not. */
  listImages(config: Config): Promise<ImageView[]>;
  /** Runs the smoke tests of the images that are named, or of all; one that is not built is told as that. */
  checkImages(
    options: StartOptions & {
      readonly names: readonly string[];
      readonly onChecked: (check: ImageCheck) => void;
    },
  ): Promise<ImageCheck[]>;
  /** The replay model for one environment; with `answer`, that task gets this text and no other task is recorded. */
  startReplay(config: Config, environment: string, answer: ReplayAnswer | null): Promise<RunningReplay>;
  /** Replicas of a stand-in of vLLM. Throws `invalid_request` that names the port when it can't have it. */
  startMockModel(options: MockModelOptions): Promise<RunningMockModel>;
  /** Tries out what an endpoint can do. Throws `model_unreachable` where nothing answers. */
  probeModel(options: ProbeModelOptions): Promise<ProbeReport>;
}
