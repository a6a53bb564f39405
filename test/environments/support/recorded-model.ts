import { outputText, type OutputItem } from "../../../src/contract/responses.ts";
import { promptOf } from "../../../src/resources/check/index.ts";
import type { Row } from "../../../src/resources/index.ts";
import { startEndpoint } from "../../models/scripted-endpoint.ts";

/** A recorded rollout: a row, and the output items of a whole run of the agent, tool results included. */
export interface RecordedRun {
  readonly row: Row;
  readonly output: readonly OutputItem[];
}

/** What a model says between two tool results. */
function turnsOf(output: readonly OutputItem[]): OutputItem[][] {
  const turns: OutputItem[][] = [[]];
  for (const item of output) {
    if (item.type === "function_call_output") turns.push([]);
    else turns.at(-1)?.push(item);
  }
  return turns;
}

/** A model that says what a recorded one said, turn by turn; prompts have to differ. `before` each turn, from 0. */
export async function startRecordedModel(
  recorded: readonly RecordedRun[],
  before: (prompt: string, turn: number) => Promise<void> = async () => undefined,
) {
  const turns = new Map(recorded.map(({ row, output }) => [promptOf(row), turnsOf(output)]));
  return startEndpoint(({ body }, response) => {
    const { input } = JSON.parse(body) as { input: OutputItem[] };
    const prompt = promptOf({ raw: body, value: { responses_create_params: { input } } });
    const answered = input.filter(({ type }) => type === "function_call_output").length;
    const output = turns.get(prompt)?.[answered] ?? [];
    const answer = { id: "resp_1", object: "response", model: "replay", status: "completed", output };
    void before(prompt, answered).then(() =>
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer)),
    );
  });
}

/** The output whose last box holds another answer, as `change` makes it. */
export function withOtherAnswer(output: readonly OutputItem[]): OutputItem[] {
  const last = output.findLastIndex((item) => item.type === "message");
  const text = outputText(output.slice(last, last + 1)).replaceAll("\\boxed{", "\\boxed{9+");
  const content = [{ type: "output_text", text, annotations: [] }];
  return output.map((item, index) => (index === last ? { ...item, content } : item));
}
