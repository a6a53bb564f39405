import { joinMembers } from "../../../core/json/raw.ts";
import { errorAnswer } from "../errors.ts";
import {
  asItIs,
  badField,
  bodyMembers,
  flag,
  given,
  optionalText,
  ownMembers,
  type RawMembers,
  requiredList,
} from "../inbound.ts";
import { openAiError } from "../openai-error.ts";
import { isRawObject, isRawString } from "../raw-values.ts";
import type { ServedDialect } from "../served-dialect.ts";
import { SSE_COMMENT } from "../sse.ts";
import { checkToolChoice } from "../tool-choice.ts";
import { failureEvents, responseEvents, wholeItemEvents } from "./events.ts";
import { inputItem } from "./items.ts";
import { responseMembers } from "./response.ts";

/** `POST /responses`. Each call is complete in itself: what refers to earlier answers is refused. */
export const servedResponses: ServedDialect = {
  route: "/responses",
  read: (body, own = asItIs) => {
    const members = bodyMembers(body);
    for (const key of STATEFUL) {
      if (given(members, key) !== undefined) throw badField(key, "is not served: nothing is kept between calls");
    }
    if (flag(members, "background")) throw badField("background", "is not served: answers are waited for");
    checkTools(given(members, "tools"));
    checkToolChoice(members);
    const request = { params: ownMembers(members, ELSEWHERE, own), input: inputItems(members).map(own) };
    return {
      request,
      model: optionalText(members, "model"),
      stream: flag(members, "stream"),
      body: (call, settings = {}) => joinMembers(responseMembers(call, request, settings)),
      events: (call, settings = {}) => {
        const response = responseMembers(call, request, settings);
        return settings.wholeItems ? wholeItemEvents(response) : responseEvents(response);
      },
    };
  },
  failure: (error) => errorAnswer(error, openAiError(error)),
  streamFailure: failureEvents,
  keepAlive: SSE_COMMENT,
};

const STATEFUL = ["previous_response_id", "conversation", "prompt"] as const;
const ELSEWHERE: ReadonlySet<string> = new Set(["model", "input", "stream", "stream_options"]);

function inputItems(members: RawMembers): string[] {
  const input = given(members, "input");
  if (isRawString(input)) return [inputItem("user", input)];
  return requiredList(input, "input").map((item, at) => {
    if (!isRawObject(item)) throw badField(`input[${at}]`, "must be an object");
    return item;
  });
}

function checkTools(tools: string | undefined): void {
  if (tools === undefined) return;
  for (const [at, tool] of requiredList(tools, "tools").entries()) {
    if (!isRawObject(tool)) throw badField(`tools[${at}]`, "must be an object");
  }
}
