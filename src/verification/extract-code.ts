/** What extraction made of an answer. */
export interface Extraction {
  /** The program, or null when the answer holds none. */
  readonly code: string | null;
  /** Why there is none. */
  readonly problem: string | null;
}

const FENCE = "```";

/**
 * NeMo Gym's rule (code_gen): of all lines that contain three back-ticks, the text between the last two; the
 * language tag is ignored. Fewer than two such lines: no program.
 */
export function extractGymCode(answer: string): Extraction {
  if (answer.trim() === "") return { code: null, problem: "the answer is empty" };
  const lines = answer.split("\n");
  const fences = lines.flatMap((line, index) => (line.includes(FENCE) ? [index] : []));
  const [open, close] = fences.slice(-2);
  if (open === undefined || close === undefined) return { code: null, problem: "the answer has no fenced code block" };
  return { code: lines.slice(open + 1, close).join("\n"), problem: null };
}
