import { Command } from "commander";
import { SandlotError } from "../../core/errors/sandlot-error.ts";
import { action, type CommandCall } from "../command-call.ts";
import { aborted } from "../interrupts.ts";
import { speedFactor, wholeNumber } from "../option-values.ts";
import type { Session } from "../session.ts";
import { modelCheckCommand } from "./model-check.ts";

interface MockOptions {
  readonly model?: string;
  readonly replicas?: number;
  readonly host?: string;
  readonly port: number;
  readonly speed?: number;
  readonly apiKey?: string;
  readonly maxModelLen?: number;
  readonly answerTokens?: number;
  readonly maxNumSeqs?: number;
  readonly blockSize?: number;
  readonly kvCacheTokens?: number;
  readonly maxNumQueuedReqs?: number;
  readonly thinking?: boolean;
  readonly drift?: boolean;
}

/** More replicas than a process can serve are a mistake. */
const MOST_REPLICAS = 256;

/** `sandlot model`: endpoints of models. */
export function modelCommand(session: Session): Command {
  const mock = new Command("mock")
    .description("serve a stand-in of vLLM without a GPU: its API, timing and faults, with made-up or scripted answers")
    .option("--host <address>", "address to bind (default: 127.0.0.1)")
    .option("--port <number>", "port of the first replica, 0 for any free ones; the others follow", wholeNumber(), 8000)
    .option("--replicas <number>", "servers, each on a port of its own (default: 1)", wholeNumber(1))
    .option("--model <name>", "name of the model (default: stand-in)")
    .option("--speed <factor>", "times faster than real, or max to wait for nothing (default: 1)", speedFactor)
    .option("--api-key <key>", "key that callers must send")
    .option("--max-model-len <tokens>", "prompt and answer at most (default: 32768)", wholeNumber(16))
    .option("--max-num-seqs <number>", "sequences that run at once (default: 256)", wholeNumber(1))
    .option("--block-size <tokens>", "tokens of a block of the KV cache (default: 16)", wholeNumber(1))
    .option("--kv-cache-tokens <number>", "tokens the KV cache holds (default: 400000)", wholeNumber(1))
    .option("--max-num-queued-reqs <number>", "requests at most, further ones get 503 (default: all)", wholeNumber(1))
    .option("--answer-tokens <number>", "median length of made-up answers (default: 80)", wholeNumber(1))
    .option("--thinking", "think unless a request says otherwise")
    .option("--drift", "generate tokens that are not the tokenizer's own, to try out what that breaks")
    .action(action<MockOptions>(session, mockModel));
  return new Command("model")
    .description("check endpoints of models, and serve one for trying things out")
    .addCommand(modelCheckCommand(session))
    .addCommand(mock);
}

async function mockModel(call: CommandCall<MockOptions>): Promise<void> {
  const { screen, options, signal, session } = call;
  const { replicas = 1 } = options;
  if (replicas > MOST_REPLICAS) {
    const fields = [{ field: "--replicas", problem: `at most ${MOST_REPLICAS}` }];
    throw new SandlotError("invalid_request", { fields });
  }
  const running = await session.options.services.startMockModel({
    model: options.model,
    replicas,
    host: options.host,
    port: options.port,
    speed: options.speed,
    apiKey: options.apiKey,
    maxModelLength: options.maxModelLen,
    thinking: options.thinking,
    drift: options.drift,
    answerTokens: options.answerTokens,
    maxSequences: options.maxNumSeqs,
    blockTokens: options.blockSize,
    kvTokens: options.kvCacheTokens,
    maxQueuedRequests: options.maxNumQueuedReqs,
  });
  try {
    const { model, urls } = running;
    screen.document({ model, urls, pid: process.pid });
    screen.print(...urls.map((url) => `stand-in for vLLM, model ${model}: ${screen.colors.bold(url)}`));
    await aborted(signal);
  } finally {
    await running.shutdown();
  }
}
