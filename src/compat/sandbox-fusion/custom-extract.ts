import { type CallContext, orAborted, withScope } from "../../core/context.ts";
import type { CodeBlock } from "./extract-code.ts";
import { int, list, model, required, text } from "./fields.ts";
import { answerMs, queueMs, runLimits } from "./limits.ts";
import type { Runner } from "./run-in-image.ts";
import { badValue, type Problem } from "./refusal.ts";

const TIMEOUTS = { compile: 0, run: 10 };
const BLOCKS_FILE = "blocks.json";
const MAX_BLOCKS_BYTES = 16 * 1024 * 1024;
const LOC = ["body", "config", "custom_extract_logic"];

/** Runs the caller's Python with what it may use, and leaves the blocks that it submits in a file. */
const PROGRAM = `import json, sys

given = json.loads(sys.stdin.buffer.read())
blocks = []


class CodeBlock:
    def __init__(self, *, priority, language, code):
        self.priority, self.language, self.code = int(priority), str(language), str(code)


def submit_code_blocks(found):
    for block in found:
        assert isinstance(block, CodeBlock), "submit_code_blocks takes CodeBlocks"
        blocks.append(block)


exec(
    given["logic"],
    {"CodeBlock": CodeBlock, "completion": given["completion"], "submit_code_blocks": submit_code_blocks},
)
with open("${BLOCKS_FILE}", "w") as file:
    json.dump([vars(block) for block in blocks], file)
`;

const readBlocks = list(model({ priority: required(int), language: required(text), code: required(text) }), 10_000);

/**
 * The blocks that a request's own Python finds in an answer. It runs in a sandbox: it is the caller's code, and the answer is
 * the model's. Throws 422 when it fails.
 */
export async function customBlocks(
  ctx: CallContext,
  runner: Runner,
  completion: string,
  logic: string,
): Promise<readonly CodeBlock[]> {
  const limit = { timeoutMs: answerMs(TIMEOUTS), waitingFor: "the end of custom_extract_logic" };
  const { cases } = await withScope(ctx, limit, (inner) =>
    orAborted(
      inner,
      runner.run(inner, {
        language: "python",
        code: PROGRAM,
        cases: [
          {
            stdin: Buffer.from(JSON.stringify({ completion, logic })),
            outputs: [{ path: BLOCKS_FILE, limit: MAX_BLOCKS_BYTES }],
          },
        ],
        limits: runLimits(TIMEOUTS.run),
        foreignLimits: true,
        maxQueueMs: queueMs(TIMEOUTS, false),
      }),
    ),
  );
  const stage = cases[0];
  const file = stage?.files.find(({ status }) => status === "ok");
  if (stage?.status !== "ok" || !file) {
    throw badValue(LOC, `it failed: ${stage?.message || "it left nothing"}`, logic);
  }
  return parseBlocks(file.data, logic);
}

/** The file lies where the caller's code could write: it is read as any input. */
function parseBlocks(data: Uint8Array, logic: string): readonly CodeBlock[] {
  const problems: Problem[] = [];
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {
    throw badValue(LOC, "what it submitted is not JSON", logic);
  }
  const blocks = readBlocks(value, [], problems);
  if (!blocks) throw badValue(LOC, "what it submitted are no code blocks", logic);
  return blocks;
}
