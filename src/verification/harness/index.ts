import { readFileSync } from "node:fs";

const read = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), "utf8");

/** The names that NeMo Gym's code_gen gives every program, in its order, and its recursion limit. */
export const GYM_PRELUDE = read("prelude.py");

/** Calls one function of the candidate's program; see the file. */
export const CALL_HARNESS = read("call.py");
