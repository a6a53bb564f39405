import { expect, test } from "vitest";
import { createAgentRegistry } from "./registry.ts";
import { createSimpleAgent } from "./simple.ts";

const registry = createAgentRegistry([createSimpleAgent()]);

test("agents go by name", () => {
  expect(registry.names).toEqual(["simple"]);
  expect(registry.get("simple", "environment.yaml").name).toBe("simple");
});

test("an unknown name says which there are", () => {
  expect(() => registry.get("simpel", "environments/x/environment.yaml")).toThrow(
    'agent: there is no agent "simpel"; the agents are: simple. Did you mean simple?',
  );
});
