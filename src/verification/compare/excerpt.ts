const HALF = 150;

/** NeMo Gym's cut for people: at most 300 characters, first and last half. */
export function excerpt(text: string): string {
  const characters = Array.from(text.length > 4 * HALF ? text.slice(0, 2 * HALF) + text.slice(-2 * HALF) : text);
  if (characters.length <= 2 * HALF) return text;
  return `${characters.slice(0, HALF).join("")}\n…\n${characters.slice(-HALF).join("")}`;
}

/** What was kept of an output; the sandboxes' captured output is one. */
export interface KeptOutput {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** Bytes between head and tail that were dropped. */
  readonly dropped: number;
}

/** Output as text; bytes that are not UTF-8 become U+FFFD, and a gap is marked. */
export function textOf(output: KeptOutput): string {
  if (output.dropped === 0) return Buffer.concat([output.head, output.tail]).toString("utf8");
  const [head, tail] = [Buffer.from(output.head).toString("utf8"), Buffer.from(output.tail).toString("utf8")];
  return `${head}\n… ${output.dropped} bytes …\n${tail}`;
}
