import { join } from "node:path";
import type { OutputItem, ResponseObject } from "../../src/contract/responses.ts";
import type { Verdict } from "../../src/contract/verdict.ts";
import { rootContext } from "../../src/core/context.ts";
import { Environments } from "../../src/resources/index.ts";
import { NO_SANDBOXES } from "../support/no-sandboxes.ts";

const ctx = rootContext();

/** The environments of the checkout, without sandboxes. */
export const environments = new Environments({
  roots: [join(import.meta.dirname, "../../environments")],
  compiled: () => null,
  services: () => NO_SANDBOXES,
});

/** The verdict on a response to a row, through the resource's port; throws `invalid_row` as a submission would. */
export async function judge(
  name: string,
  row: Readonly<Record<string, unknown>>,
  output: readonly OutputItem[],
): Promise<Verdict> {
  const environment = await environments.get(name);
  const checked = environment.checkRow(JSON.stringify({ responses_create_params: { input: "" }, ...row }), 1);
  const token = await environment.resource.seed(ctx, checked);
  try {
    const response: ResponseObject = { id: "resp", object: "response", model: "recorded", output: [...output] };
    return await environment.resource.verify(ctx, token, checked, response);
  } finally {
    await environment.resource.close(ctx, token);
  }
}

/** An assistant's message, as the only item of a response. */
export function message(text: string): OutputItem[] {
  return [{ type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] }];
}
