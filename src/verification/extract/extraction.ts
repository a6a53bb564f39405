/** What extraction made of an answer: a program, or why there is none. */
export type Extraction =
  | { readonly code: string; readonly problem: null }
  | { readonly code: null; readonly problem: string };

export function found(code: string): Extraction {
  return { code, problem: null };
}

export function missing(problem: string): Extraction {
  return { code: null, problem };
}

export const EMPTY_ANSWER = "the answer is empty";
export const NO_FENCE = "the answer has no fenced code block";
