import { promptKey } from "./prompt-text.ts";

/** Recorded attempts at one task. */
export interface ReplayRecording {
  /** The text of the row's user messages; whitespace does not matter. */
  readonly prompt: string;
  /** Full texts of the recorded answers. */
  readonly answers: readonly string[];
}

/** Deals out recorded answers. */
export interface AnswerBook {
  /** The next answer to a prompt, in recorded order and from the first again after the last; null for unknown prompts. */
  next(prompt: string): string | null;
}

/** Recordings of the same prompt are joined in their order. */
export function createAnswerBook(recordings: Iterable<ReplayRecording>): AnswerBook {
  const pages = new Map<string, { readonly answers: string[]; asked: number }>();
  for (const { prompt, answers } of recordings) {
    const key = promptKey(prompt);
    const page = pages.get(key) ?? { answers: [], asked: 0 };
    page.answers.push(...answers);
    pages.set(key, page);
  }
  return {
    next: (prompt) => {
      const page = pages.get(promptKey(prompt));
      return page?.answers[page.asked++ % page.answers.length] ?? null;
    },
  };
}
