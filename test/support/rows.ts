import type { Row } from "../../src/resources/index.ts";

/** A tiny task: read a number, print its square. The answer takes `seconds` of waiting, so that faults can hit it. */
export function squareRow(id: string): Row {
  const value = {
    task_id: id,
    responses_create_params: { input: [{ role: "user", content: `Task ${id}: read n, print n squared.` }] },
    verifier_metadata: {
      unit_tests: { inputs: ["3\n", "-4\n"], outputs: ["9\n", "16\n"] },
      limits: { time_seconds: 2 },
    },
  };
  return { raw: JSON.stringify(value), value };
}

export function squareAnswer(right: boolean, seconds = 0): string {
  const wait = seconds > 0 ? `import time\ntime.sleep(${seconds})\n` : "";
  return `Here:\n\`\`\`python\n${wait}n = int(input())\nprint(n * n${right ? "" : " + 1"})\n\`\`\``;
}

/** Rows with their answers: three of four are right. */
export function squareTasks(count: number, seconds: number): { row: Row; answers: string[]; reward: number }[] {
  return Array.from({ length: count }, (_, i) => {
    const right = i % 4 !== 3;
    return { row: squareRow(`square-${i}`), answers: [squareAnswer(right, seconds)], reward: right ? 1 : 0 };
  });
}
