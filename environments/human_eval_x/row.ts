import { readDeclaration } from "sandlot";
import { z } from "zod";

/** By the first part of a task's id. */
const LANGUAGES = { CPP: "cpp", Java: "java", JavaScript: "javascript" } as const;
export type Language = (typeof LANGUAGES)[keyof typeof LANGUAGES];

/** A row of HumanEval-X. One that no bridge can be made for is refused as a row. */
export const HumanEvalXRow = z
  .looseObject({
    task_id: z.string().regex(/^(?:CPP|Java|JavaScript)\/./, "must begin with CPP/, Java/ or JavaScript/"),
    prompt: z.string().min(1),
    declaration: z.string().min(1),
    test: z.string().trim().min(1, "a row without tests cannot be verified"),
  })
  .superRefine((row, context) => {
    const read = readDeclaration(languageOf(row), row.declaration);
    if ("problem" in read) context.addIssue({ code: "custom", path: ["declaration"], message: read.problem });
  });
export type HumanEvalXRow = z.infer<typeof HumanEvalXRow>;

export function languageOf({ task_id }: { readonly task_id: string }): Language {
  return LANGUAGES[task_id.split("/")[0] as keyof typeof LANGUAGES];
}
