import type { Attack } from "../entry.ts";
import { and, prints } from "../expect.ts";
import { py, withMore } from "../kit.ts";

/** For who was left behind and has not been ended when the files are read. */
export const lateAnswer: Attack = {
  name: "a child that writes the answer anew when its parent has ended",
  run: withMore(
    py`
open("target", "w").write("at the end")
def late():
    time.sleep(1.2)
    while True: open("target", "w").write("afterwards")
spawn(late)
print("answered")
`,
    { outputs: [{ path: "target", limit: 4096 }] },
  ),
  expect: and(prints("answered\n"), "as it was at the end", ({ files }) =>
    files.every(({ status, data }) => status === "ok" && Buffer.from(data).toString() === "at the end"),
  ),
};
