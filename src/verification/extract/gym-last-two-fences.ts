import { EMPTY_ANSWER, type Extraction, found, missing, NO_FENCE } from "./extraction.ts";

const FENCE = "```";

/**
 * NeMo Gym's rule (code_gen): of all lines that contain three back-ticks, the text between the last two; the
 * language tag is ignored. Fewer than two such lines: no program.
 */
export function extractGymCode(answer: string): Extraction {
  if (answer.trim() === "") return missing(EMPTY_ANSWER);
  const lines = answer.split("\n");
  const fences = lines.flatMap((line, index) => (line.includes(FENCE) ? [index] : []));
  const [open, close] = fences.slice(-2);
  if (open === undefined || close === undefined) return missing(NO_FENCE);
  return found(lines.slice(open + 1, close).join("\n"));
}
