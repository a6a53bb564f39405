import { expect, it } from "vitest";
import { modelRooms } from "./model-rooms.ts";

it("a model has room up to its limit; what was cut below what runs has none, and what has no limit is not named", () => {
  const limits = new Map([
    ["policy", 3],
    ["judge", 1],
  ]);
  const limitOf = (model: string) => limits.get(model) ?? null;
  const running = new Map([
    ["policy", 1],
    ["free", 1],
    ["judge", 2],
  ]);
  const models = ["policy", "judge", "free"];
  expect(modelRooms(models, running, limitOf)).toEqual(
    new Map([
      ["policy", 2],
      ["judge", 0],
    ]),
  );
});
