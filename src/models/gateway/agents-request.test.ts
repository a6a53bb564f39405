import { expect, it } from "vitest";
import { agentsRequest } from "./agents-request.ts";

it("leaves to the operator what steers the engine, in either form of a request", () => {
  const members = new Map([
    ["temperature", "1"],
    ["kv_transfer_params", '{"remote_host":"10.0.0.1"}'],
    ["priority", "-9"],
    ["chat_template", '"x"'],
  ]);
  const { params, chat } = agentsRequest({ params: members, input: [], chat: { members, messages: [] } });
  expect([...params.keys()]).toEqual(["temperature"]);
  expect([...(chat?.members.keys() ?? [])]).toEqual(["temperature"]);
});
