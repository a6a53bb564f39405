import { COPIES } from "./copies.ts";
import { FORMATS } from "./formats.ts";
import type { Instruction } from "./instruction.ts";
import { KEYWORDS } from "./keywords.ts";
import { LENGTHS } from "./lengths.ts";
import { LETTERS } from "./letters.ts";
import { POSITIONS } from "./positions.ts";

/** Every instruction by its id: the 54 that NeMo Gym's instruction_following knows. */
export const INSTRUCTIONS: ReadonlyMap<string, Instruction> = new Map(
  Object.entries({ ...KEYWORDS, ...LENGTHS, ...LETTERS, ...FORMATS, ...COPIES, ...POSITIONS }),
);
