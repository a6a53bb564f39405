import { expect, test } from "vitest";
import { commandLine } from "./command-line.ts";

test("words are quoted for a shell where they need it", () => {
  expect(commandLine(["rollouts", "show", "rol_1"], { dataDir: ".sandlot/demo" })).toBe(
    "sandlot rollouts show rol_1 --data-dir .sandlot/demo",
  );
  expect(commandLine(["x"], { url: "http://h/?a&b", dataDir: "it's here" })).toBe(
    String.raw`sandlot x --url 'http://h/?a&b' --data-dir 'it'\''s here'`,
  );
});
