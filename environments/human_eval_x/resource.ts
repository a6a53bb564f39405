import { defineResource, extractLastFence, readDeclaration, unanswered } from "sandlot";
import type { Verdict } from "sandlot";
import { z } from "zod";
import { programOf } from "./program.ts";
import { HumanEvalXRow, type Language, languageOf } from "./row.ts";

const NAMES: Readonly<Record<Language, string>> = { cpp: "C++", java: "Java", javascript: "JavaScript" };
const Config = z.looseObject({ tests_timeout_secs: z.number().positive() });

/** Waiting, unlike computing, is free; but not for ever. */
const WALL_FACTOR = 2;

export default defineResource({
  row: HumanEvalXRow,

  prompt: (row) => {
    const language = languageOf(row);
    const task = `Complete this ${NAMES[language]} program. Answer with all of it in one \`\`\`${language} block.`;
    return { input: [{ role: "user", content: `${task}\n\n\`\`\`${language}\n${row.prompt.trimEnd()}\n\`\`\`` }] };
  },

  async verify(ctx, { row, manifest, services, answer }): Promise<Verdict> {
    const language = languageOf(row);
    const read = readDeclaration(language, row.declaration);
    if ("problem" in read) throw new Error(read.problem);
    const { code, problem } = extractLastFence(answer, language);
    if (code === null) return unanswered(problem ?? "no program", 1);
    const { entryPoint } = read;
    const cpuMs = Math.round(Config.parse(manifest.config).tests_timeout_secs * 1000);
    return services.verify(ctx, language, {
      code: programOf(code, { language, entryPoint, prompt: row.prompt }),
      language,
      tests: { kind: "program", language, declaration: row.declaration, source: row.test, entryPoint },
      limits: { cpuMs, wallMs: cpuMs * WALL_FACTOR },
    });
  },
});
