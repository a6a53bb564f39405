export { servedAnthropic } from "./anthropic/served.ts";
export { servedChat } from "./chat/served.ts";
export { servedResponses } from "./responses/served.ts";
export { withSampling } from "./sampling.ts";
export { streamedChat } from "./chat/streamed.ts";
export { streamedResponse } from "./responses/streamed.ts";
export type { AnswerSettings, AskedCall, ErrorAnswer, ServedDialect } from "./served-dialect.ts";
