import type { TrajectoryCall } from "../contract/rollouts.ts";
import { SandlotError } from "../core/errors/sandlot-error.ts";
import { exactFloats } from "../core/tokens/exact-floats.ts";
import { isIds } from "../core/tokens/token-lists.ts";
import type { BlobRecord } from "../store/port.ts";

type TokenLists = Pick<TrajectoryCall, "prompt_token_ids" | "generation_token_ids" | "generation_log_probs">;

interface Tokens {
  readonly promptTokenIds: readonly number[] | null;
  readonly generationTokenIds: readonly number[] | null;
  readonly generationLogProbs: readonly number[] | null;
}

/**
 * A call's tokens as parts: `prompt_ids` and `generation_ids` (4 bytes each), and `log_probs` (a byte 4, then 4 bytes each, where
 * that holds every one exactly; else a byte 8, then 8 bytes each); little-endian. As JSON inside `calls` the ids of a long
 * conversation would be its largest share, since every prompt repeats the one before.
 */
export function tokenParts(tokens: Tokens): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const { promptTokenIds, generationTokenIds, generationLogProbs } = tokens;
  const parts: [string, Uint8Array][] = [];
  if (isIds(promptTokenIds)) parts.push(["prompt_ids", idBytes(promptTokenIds)]);
  if (isIds(generationTokenIds)) parts.push(["generation_ids", idBytes(generationTokenIds)]);
  if (generationLogProbs) parts.push(["log_probs", floatBytes(generationLogProbs)]);
  return parts;
}

/** What is left to say of them in `calls`: ids that are no ids of tokens. */
export function toldTokens({ promptTokenIds, generationTokenIds }: Tokens): TokenLists {
  const told = (ids: readonly number[] | null) => (ids === null || isIds(ids) ? null : [...ids]);
  return {
    prompt_token_ids: told(promptTokenIds),
    generation_token_ids: told(generationTokenIds),
    generation_log_probs: null,
  };
}

/** The tokens of call `index`; records of old have them in `calls`, which `told` is of. */
export function readTokens(record: BlobRecord, index: number, told: TokenLists): TokenLists {
  const prompt = record.get(`prompt_ids/${index}`);
  const generation = record.get(`generation_ids/${index}`);
  const logProbs = record.get(`log_probs/${index}`);
  return {
    prompt_token_ids: prompt ? idsOf(prompt) : told.prompt_token_ids,
    generation_token_ids: generation ? idsOf(generation) : told.generation_token_ids,
    generation_log_probs: logProbs ? floatsOf(logProbs) : told.generation_log_probs,
  };
}

const idBytes = (ids: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(ids).buffer);

function floatBytes(numbers: readonly number[]): Uint8Array {
  const floats = exactFloats(numbers);
  return Buffer.concat([Buffer.of(floats.BYTES_PER_ELEMENT), new Uint8Array(floats.buffer)]);
}

function idsOf(bytes: Uint8Array): number[] {
  if (bytes.length % 4 !== 0) throw corrupt("token ids");
  return Array.from(new Int32Array(aligned(bytes)));
}

function floatsOf(bytes: Uint8Array): number[] {
  const width = bytes[0];
  if ((width !== 4 && width !== 8) || (bytes.length - 1) % width !== 0) throw corrupt("log-probs");
  const numbers = aligned(bytes.subarray(1));
  return Array.from(width === 4 ? new Float32Array(numbers) : new Float64Array(numbers));
}

/** A copy at an address that numbers may have. */
const aligned = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const corrupt = (what: string) => new SandlotError("storage_corrupt", { detail: `a part of ${what} is cut off` });
