import { z } from "zod";
import { INSTRUCTIONS } from "./checks/index.ts";

type Kwargs = Record<string, unknown>;

/** An instruction of a row: its id, and its arguments without those that are null. */
export interface GivenInstruction {
  readonly id: string;
  readonly kwargs: Kwargs;
}

const Instructions = z.looseObject({
  instruction_id_list: z.array(z.string()).min(1, "must name an instruction"),
  kwargs: z.array(z.record(z.string(), z.unknown()).nullable()),
  grading_mode: z.enum(["binary", "fraction"]).default("binary"),
});

type Path = readonly (string | number)[];
type Report = (path: Path, message: string) => void;

/** NeMo Gym's instruction_following row. The instructions stand in `verifier_metadata`; in older rows, beside it. */
export const InstructionRow = z.looseObject({}).transform((row, check) => {
  const nested = row["verifier_metadata"] ?? null;
  const report: Report = (path, message) => {
    const field = [...(nested === null ? [] : ["verifier_metadata"]), ...path];
    check.addIssue({ code: "custom", path: field, message });
  };
  const read = Instructions.safeParse(nested ?? row);
  if (!read.success) {
    for (const issue of read.error.issues) report(issue.path as Path, issue.message);
    return z.NEVER;
  }
  return { instructions: givenInstructions(read.data, report), gradingMode: read.data.grading_mode };
});

function givenInstructions(
  { instruction_id_list: ids, kwargs }: z.infer<typeof Instructions>,
  report: Report,
): GivenInstruction[] {
  if (kwargs.length !== ids.length) report(["kwargs"], `has ${kwargs.length} entries for ${ids.length} instructions`);
  return ids.map((id, i) => {
    const given = Object.fromEntries(Object.entries(kwargs[i] ?? {}).filter(([, value]) => value !== null));
    const instruction = INSTRUCTIONS.get(id);
    if (!instruction) report(["instruction_id_list", i], `unknown instruction ${JSON.stringify(id)}`);
    for (const issue of instruction?.kwargs.safeParse(given).error?.issues ?? []) {
      report(["kwargs", i, ...(issue.path as Path)], `${issue.message} (${id})`);
    }
    return { id, kwargs: given };
  });
}
